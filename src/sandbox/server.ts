import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerControl, CONTROL_PREFIX } from "./control/routes.ts";
import { json, type Reply, type SandboxRequest } from "./http.ts";
import { dispatch } from "./router.ts";
import type { AccountSeed } from "./world/accounts.ts";
import type { Outcome } from "./world/faults.ts";
import { type AppRegistration, World } from "./world/world.ts";

/** One request and what came of it, for whoever checks the traffic. The authorization header is left out. */
export interface ExchangeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Null when the connection was closed without an answer. */
export type ExchangeResponse = Reply | null;

export interface SandboxOptions {
  /** On 127.0.0.1. @default 0, any free port */
  readonly port?: number | undefined;
  /** @default "sandbox-client" */
  readonly clientId?: string | undefined;
  /** Null registers a public client. @default "sandbox-secret" */
  readonly clientSecret?: string | null | undefined;
  /** @default ["http://127.0.0.1:8787/callback"] */
  readonly redirectUris?: readonly string[] | undefined;
  /** What the consent page calls the app. @default "psn" */
  readonly appName?: string | undefined;
  /** The first one is signed in to the browser. @default one, @handle */
  readonly accounts?: readonly AccountSeed[] | undefined;
  /** Called for every request but those to `/sandbox/`, once its outcome is known. */
  readonly onExchange?: ((request: ExchangeRequest, response: ExchangeResponse) => void) | undefined;
  /** @default the real clock */
  readonly now?: (() => Date) | undefined;
}

export interface Sandbox {
  readonly url: string;
  /** For `X_API_URL`. */
  readonly apiUrl: string;
  /** For `X_AUTHORIZE_URL`. */
  readonly authorizeUrl: string;
  readonly world: World;
  /** Connections are refused from now on; the world stays as it is. */
  unplug(): Promise<void>;
  /** After unplug: answers again, at the same URL. */
  plugIn(): Promise<void>;
  /** Closes every connection, also those that wait. */
  stop(): Promise<void>;
}

/** X's API version as the answers name it. */
const API_VERSION = "2.167";

/** Starts an X on 127.0.0.1, with nothing on it yet but its accounts. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const app: AppRegistration = {
    name: options.appName ?? "psn",
    clientId: options.clientId ?? "sandbox-client",
    clientSecret: options.clientSecret === undefined ? "sandbox-secret" : options.clientSecret,
    redirectUris: options.redirectUris ?? ["http://127.0.0.1:8787/callback"],
    appBearer: "sandbox-app-only-bearer",
  };
  const now = options.now ?? (() => new Date());
  const world = new World(app, options.accounts ?? [{ handle: "handle", name: "Sandbox Person" }], now);

  const open = async (port: number): Promise<Server> => {
    const server = createServer((incoming, response) => {
      void serve(world, options, incoming, response);
    });
    await listening(server, port);
    return server;
  };
  let server = await open(options.port ?? 0);
  const port = portOf(server);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    apiUrl: url,
    authorizeUrl: `${url}/i/oauth2/authorize`,
    world,
    unplug: () => closed(server),
    async plugIn() {
      server = await open(port);
    },
    async stop() {
      await closed(server);
      world.faults.clear();
    },
  };
}

/** Resolves when the server takes connections on 127.0.0.1; port 0 is any free one. */
export function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

/** Ends every connection at once; what waits for an answer gets none. */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The port that a listening server has taken. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}

async function serve(
  world: World,
  options: SandboxOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming, world.now());
  // The caller went away in the middle of its request: X has not seen it.
  if (request === null) return;
  if (request.path.startsWith(CONTROL_PREFIX)) {
    send(response, answerControl(world, request));
    return;
  }
  const outcome = await outcomeOf(world, request);
  // What X did stands even when nobody is there any more to read the answer.
  if (outcome === "dropped") response.socket?.destroy();
  else send(response, dressed(world, outcome));
  const shown = new Headers(request.headers);
  shown.delete("authorization");
  options.onExchange?.({ ...request, headers: shown }, outcome === "dropped" ? null : outcome);
}

/** A mistake of the sandbox itself must not look like a fault of X that somebody scripted. */
async function outcomeOf(world: World, request: SandboxRequest): Promise<Outcome> {
  try {
    return await dispatch(world, request);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return json(599, { sandbox_failure: reason });
  }
}

function dressed(world: World, reply: Reply): Reply {
  const date = new Date(world.now().getTime() + world.settings.dateSkewMs).toUTCString();
  const own = { date, "api-version": API_VERSION, "x-transaction-id": randomBytes(8).toString("hex") };
  return { ...reply, headers: { ...own, ...reply.headers } };
}

/** Answers with the whole of a reply. */
export function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { ...reply.headers, "content-length": `${Buffer.byteLength(reply.body)}` });
  response.end(reply.body);
}

/** The whole request; null when the caller goes away before its end. */
export async function readRequest(incoming: IncomingMessage, arrivedAt: Date): Promise<SandboxRequest | null> {
  const body = await readBody(incoming);
  if (body === null) return null;
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const method = incoming.method ?? "GET";
  return { method, path: url.pathname, query: url.searchParams, headers, body, arrivedAt };
}

function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | null> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    incoming.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    incoming.on("end", () => resolve(new Uint8Array(Buffer.concat(chunks))));
    incoming.on("error", () => resolve(null));
    incoming.on("aborted", () => resolve(null));
  });
}
