import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json, type Reply, type SandboxRequest } from "../../../src/sandbox/http.ts";
import type { Outcome } from "../../../src/sandbox/world/faults.ts";

/** A port on 127.0.0.1 that can be closed and opened again. */
export interface Door {
  readonly url: string;
  open(): Promise<void>;
  /** Ends every connection at once; what waits for an answer gets none. */
  close(): Promise<void>;
}

export type Handler = (request: SandboxRequest) => Promise<Outcome> | Outcome;

/** `port` 0 takes any free one; opened again it is the same. */
export async function openDoor(port: number, handle: Handler, now: () => Date): Promise<Door> {
  const start = (at: number): Promise<Server> =>
    listening(
      createServer((incoming, response) => void serve(handle, now, incoming, response)),
      at,
    );
  let server = await start(port);
  const taken = portOf(server);
  return {
    url: `http://127.0.0.1:${taken}`,
    async open() {
      server = await start(taken);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The stand-in has no port.");
  return address.port;
}

async function serve(
  handle: Handler,
  now: () => Date,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const arrivedAt = now();
  const body = await readBody(incoming);
  // The caller went away in the middle of its request: nobody has seen it.
  if (body === null) return;
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const method = incoming.method ?? "GET";
  const outcome = await outcomeOf(handle, {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    body,
    arrivedAt,
  });
  // What was done stands even when nobody is there any more to read the answer.
  if (outcome === "dropped") response.socket?.destroy();
  else send(response, outcome);
}

/** A mistake of the stand-in must not look like a fault that somebody scripted. */
async function outcomeOf(handle: Handler, request: SandboxRequest): Promise<Outcome> {
  try {
    return await handle(request);
  } catch (error) {
    return json(599, { standInFailure: error instanceof Error ? error.message : String(error) });
  }
}

function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { ...reply.headers, "content-length": `${Buffer.byteLength(reply.body)}` });
  response.end(reply.body);
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
