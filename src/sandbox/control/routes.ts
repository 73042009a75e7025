import { bodyText, json, parseJson, type Reply, type SandboxRequest } from "../http.ts";
import type { World } from "../world/world.ts";
import { runCommand } from "./commands.ts";

export const CONTROL_PREFIX = "/sandbox/";

/** `GET /sandbox/state`, and `POST /sandbox/<command>` with the command's input as JSON. 400 says what was wrong. */
export function answerControl(world: World, request: SandboxRequest): Reply {
  const name = request.path.slice(CONTROL_PREFIX.length);
  if (request.method === "GET" && name !== "state")
    return json(405, { error: "Only the state can be read; post commands." });
  const text = bodyText(request);
  const input = text === "" ? { ok: true, value: {} } : parseJson(text);
  if (!input.ok || !("value" in input)) return json(400, { error: "The body is no JSON." });
  try {
    return json(200, runCommand(world, name, input.value));
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}
