import net from "node:net";
import { createXClient, type XClient, type XClientOptions } from "../../../src/platforms/x/client.ts";

export const NOW = new Date("2026-12-01T12:00:00Z");
export const TOKEN = "access-token-0123456789abcdef";
export const CALL = { accessToken: TOKEN };
export const TWEET_ID = "1990000000000000001";

export function clientOf(apiUrl: string, options: Partial<XClientOptions> = {}): XClient {
  return createXClient({ apiUrl, fetch, now: () => NOW, random: () => 0, ...options });
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Headers;
  readonly text: string;
}

export type Reply = Response | ((received: Received) => Response | Promise<Response>);

/** A server that gives the scripted answers in order, the last one again and again, and keeps what it was asked. */
export class ScriptedX implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly #server: Bun.Server<undefined>;

  constructor(...replies: Reply[]) {
    let next = 0;
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: async (request) => {
        const url = new URL(request.url);
        const received = {
          method: request.method,
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          headers: request.headers,
          text: await request.text(),
        };
        this.received.push(received);
        const reply = replies[Math.min(next++, replies.length - 1)];
        if (reply === undefined) return new Response(null, { status: 500 });
        return typeof reply === "function" ? reply(received) : again(reply);
      },
    });
  }

  get url(): string {
    return this.#server.url.origin;
  }

  get client(): XClient {
    return clientOf(this.url);
  }

  /** The only request that came. */
  get one(): Received {
    const [one, ...others] = this.received;
    if (one === undefined || others.length > 0) throw new Error(`${this.received.length} requests came, not one`);
    return one;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}

/** The same answer once more: a Response can be sent once. */
async function again(reply: Response): Promise<Response> {
  const body = await reply.clone().text();
  return new Response(body === "" ? null : body, { status: reply.status, headers: reply.headers });
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers });
}

/** A server on the level of sockets, for what HTTP servers do not do. */
export class RawServer implements AsyncDisposable {
  readonly #sockets = new Set<net.Socket>();
  readonly #server: net.Server;
  /** How many requests arrived in full or in part. */
  requests = 0;

  private constructor(onRequest: (socket: net.Socket) => void) {
    this.#server = net.createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.once("data", () => {
        this.requests++;
        onRequest(socket);
      });
    });
  }

  static async listen(onRequest: (socket: net.Socket) => void): Promise<RawServer> {
    const raw = new RawServer(onRequest);
    await new Promise<void>((resolve) => raw.#server.listen(0, "127.0.0.1", resolve));
    return raw;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** No resolver can look this up: a label has 63 characters at most. So it fails at once, with or without a network. */
export const NO_HOST = `http://${"a".repeat(64)}.invalid`;

/** A port of this machine where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await RawServer.listen(() => {});
  const { port } = server;
  await server[Symbol.asyncDispose]();
  return port;
}
