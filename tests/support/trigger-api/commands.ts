import * as z from "zod";
import { json, parseJson, type Reply, type SandboxRequest } from "../../../src/sandbox/http.ts";
import { faultSchema } from "../../../src/sandbox/world/fault-script.ts";
import type { Controls } from "./controls.ts";
import type { Run } from "./run.ts";

const PREFIX = "/stand-in/";

/** A run as it is told to another process. */
const told = ({ env, keyExpiresAt: _, ...run }: Run) => ({ ...run, env: env.slug });

const nothing = z.strictObject({});
const one = z.strictObject({ run: z.string() });
const deployment = z.strictObject({ tasks: z.array(z.string()), queues: z.array(z.string()) });

/** A command does something with its input and may answer. */
function command<Schema extends z.ZodType, Result>(
  input: Schema,
  act: (controls: Controls, input: z.output<Schema>) => Result,
): (controls: Controls, raw: unknown) => Result {
  return (controls, raw) => act(controls, input.parse(raw));
}

/** What another process may do behind the API's back: `POST /stand-in/<name>` with the input as JSON. */
const COMMANDS = {
  state: command(nothing, (controls) => ({
    now: controls.now(),
    runs: controls.runs().map(told),
    due: controls.worker.due().map(({ id }) => id),
    requests: controls.requests,
    faults: controls.faults(),
  })),
  advance: command(z.strictObject({ ms: z.number() }), (controls, { ms }) => controls.advance(ms)),
  deploy: command(deployment, (controls, input) => controls.deploy(input)),
  begin: command(one, (controls, { run }) => told(controls.worker.begin(run))),
  complete: command(z.strictObject({ run: z.string(), output: z.unknown().optional() }), (controls, { run, output }) =>
    controls.worker.complete(run, output),
  ),
  fail: command(one, (controls, { run }) => controls.worker.fail(run)),
  crash: command(one, (controls, { run }) => controls.worker.crash(run)),
  lose: command(one, (controls, { run }) => controls.worker.lose(run)),
  expire: command(one, (controls, { run }) => controls.worker.expire(run)),
  addFault: command(faultSchema, (controls, fault) => ({ fault: controls.addFault(fault) })),
  clearFaults: command(nothing, (controls) => controls.clearFaults()),
  release: command(z.strictObject({ fault: z.int().optional() }), (controls, { fault }) => ({
    released: controls.release(fault),
  })),
} as const satisfies Record<string, (controls: Controls, raw: unknown) => unknown>;

export type CommandName = keyof typeof COMMANDS;

export const isCommand = ({ path }: SandboxRequest): boolean => path.startsWith(PREFIX);

/** 400 says what was wrong with a command. */
export function answerCommand(controls: Controls, request: SandboxRequest): Reply {
  const name = request.path.slice(PREFIX.length);
  const found = Object.entries(COMMANDS).find(([each]) => each === name)?.[1];
  const text = new TextDecoder().decode(request.body);
  const input = text === "" ? { ok: true, value: {} } : parseJson(text);
  if (found === undefined || !("value" in input)) return json(400, { error: `No command: ${request.path} ${text}` });
  try {
    return json(200, found(controls, input.value) ?? {});
  } catch (error) {
    // A command that does not fit is the caller's to read: it is a test.
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** Commands a stand-in that is a process of its own; rejects with what was wrong. */
export async function commandTriggerApi(url: string, name: CommandName, input: object = {}): Promise<unknown> {
  const response = await fetch(`${url}${PREFIX}${name}`, { method: "POST", body: JSON.stringify(input) });
  const text = await response.text();
  if (!response.ok) throw new Error(`The stand-in refuses ${name}: ${text}`);
  return JSON.parse(text);
}
