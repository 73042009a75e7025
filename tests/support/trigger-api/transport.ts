import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json, type SandboxRequest } from "../../../src/sandbox/http.ts";
import { closed, listening, portOf, readRequest, send } from "../../../src/sandbox/server.ts";
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
  const start = async (at: number): Promise<Server> => {
    const server = createServer((incoming, response) => void serve(handle, now, incoming, response));
    await listening(server, at);
    return server;
  };
  let server = await start(port);
  const taken = portOf(server);
  return {
    url: `http://127.0.0.1:${taken}`,
    async open() {
      server = await start(taken);
    },
    close: () => closed(server),
  };
}

async function serve(
  handle: Handler,
  now: () => Date,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming, now());
  // The caller went away in the middle of its request: nobody has seen it.
  if (request === null) return;
  const outcome = await outcomeOf(handle, request);
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
