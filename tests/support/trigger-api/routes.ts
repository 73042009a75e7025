import * as z from "zod";
import { parseJson, type Reply, type SandboxRequest } from "../../../src/sandbox/http.ts";
import { answer, refuse } from "./answers.ts";
import type { Environment } from "./environment.ts";
import { isRefusal } from "./refusal.ts";
import { type Run, shownRun } from "./run.ts";
import type { RunBook } from "./run-book.ts";
import type { RunList } from "./run-list.ts";
import { readTriggerBody } from "./trigger-body.ts";

/** A request with a good key: `id` is what stands in the route's place of that name. */
export interface Call {
  readonly env: Environment;
  readonly request: SandboxRequest;
  readonly id: string;
  readonly slug: string;
  readonly book: RunBook;
  readonly list: RunList;
}

export interface Route {
  readonly method: string;
  /** As it is matched, and as faults name it. */
  readonly template: string;
  /** How this route refuses a wrong key. */
  readonly wrongKey: string;
  readonly handle: (call: Call) => Reply;
}

const WRONG_KEY = "Invalid API key";

export const ROUTES: readonly Route[] = [
  { method: "POST", template: "/api/v1/tasks/:id/trigger", wrongKey: WRONG_KEY, handle: trigger },
  { method: "GET", template: "/api/v3/runs/:id", wrongKey: WRONG_KEY, handle: retrieve },
  { method: "POST", template: "/api/v2/runs/:id/cancel", wrongKey: WRONG_KEY, handle: cancel },
  {
    method: "POST",
    template: "/api/v1/runs/:id/reschedule",
    wrongKey: "Invalid or missing API Key",
    handle: reschedule,
  },
  { method: "GET", template: "/api/v1/runs", wrongKey: WRONG_KEY, handle: listRuns },
  { method: "POST", template: "/api/v1/idempotencyKeys/:id/reset", wrongKey: WRONG_KEY, handle: resetKey },
  ...(
    [
      ["GET", "", listVariables],
      ["POST", "", createVariable],
      ["POST", "/import", importVariables],
    ] as const
  ).map(([method, rest, handle]) => ({
    method,
    template: `/api/v1/projects/:id/envvars/:slug${rest}`,
    wrongKey: "Invalid or Missing API key",
    handle: ofItsOwnEnvironment(handle),
  })),
];

function trigger({ env, id, request, book }: Call): Reply {
  const body = readTriggerBody(request);
  if (isRefusal(body)) return refuse(body);
  const headers = { key: request.headers.get("idempotency-key"), ttl: request.headers.get("idempotency-key-ttl") };
  const { run, isCached } = book.trigger(env, id, body, headers);
  const scopes = [`read:runs:${run.id}`, `write:inputStreams:${run.id}`];
  const claims = JSON.stringify({ sub: env.id, pub: true, scopes });
  const token = [`{"alg":"HS256"}`, claims, "unsigned"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");
  return answer({ id: run.id, isCached }, { "x-trigger-jwt": token, "x-trigger-jwt-claims": claims });
}

function retrieve({ env, id, book }: Call): Reply {
  const run = book.find(id, env);
  // A read replica may lag behind: the platform asks to be asked again.
  return run === null ? refuse({ status: 404, error: "Not found" }, { "x-should-retry": "true" }) : shown(run);
}

function cancel({ env, id, book }: Call): Reply {
  const run = book.find(id, env);
  if (run === null) return refuse({ status: 404, error: "Resource not found" });
  book.cancel(run);
  return answer({ id });
}

const delayBody = z.object({ delay: z.union([z.string(), z.coerce.date()]) });

function reschedule({ env, id, request, book }: Call): Reply {
  const run = book.find(id, env);
  if (run === null) return refuse({ status: 404, error: "Run not found" });
  const body = delayBody.safeParse(bodyOf(request));
  if (!body.success) return refuse({ status: 400, error: "Invalid request body" });
  const refusal = book.reschedule(run, body.data.delay);
  return refusal === null ? shown(run) : refuse(refusal);
}

function listRuns({ env, request, book, list }: Call): Reply {
  // What became due meanwhile is copied too.
  book.all();
  const page = list.page(env, request.query, book.now());
  return isRefusal(page) ? refuse(page) : answer(page);
}

function resetKey({ env, id, request, book }: Call): Reply {
  const body = z.object({ taskIdentifier: z.string() }).safeParse(bodyOf(request));
  if (!body.success) return refuse({ status: 400, error: "Invalid JSON" });
  const { taskIdentifier } = body.data;
  if (book.resetKey(env, taskIdentifier, id)) return answer({ id });
  return refuse({
    status: 404,
    error: `No runs found with idempotency key: ${id} and task: ${taskIdentifier}`,
  });
}

function listVariables({ env }: Call): Reply {
  return answer(
    [...env.variables].map(([name, { value, isSecret }]) => ({
      name,
      value: isSecret ? "<redacted>" : value,
      isSecret,
    })),
  );
}

const variableBody = z.object({ name: z.string(), value: z.string(), isSecret: z.boolean().default(false) });

function createVariable({ env, request }: Call): Reply {
  const body = variableBody.safeParse(bodyOf(request));
  if (!body.success) return refuse({ status: 400, error: "Invalid request body" });
  const { name, value, isSecret } = body.data;
  env.variables.set(name, { value, isSecret });
  return answer({ success: true });
}

const importBody = z.object({
  variables: z.record(z.string(), z.string()),
  override: z.boolean().default(false),
  isSecret: z.boolean().default(false),
});

function importVariables({ env, request }: Call): Reply {
  const body = importBody.safeParse(bodyOf(request));
  if (!body.success) return refuse({ status: 400, error: "Invalid body" });
  const { variables, override, isSecret } = body.data;
  for (const [name, value] of Object.entries(variables)) {
    if (override || !env.variables.has(name)) env.variables.set(name, { value, isSecret });
  }
  return answer({ success: true });
}

/** The key of one environment opens no other. */
function ofItsOwnEnvironment(handle: (call: Call) => Reply): (call: Call) => Reply {
  const mismatch = (what: string, of: string) =>
    refuse({
      status: 400,
      error: `Invalid ${what} for this API key. Make sure you are using an API key associated with that ${of}.`,
    });
  return (call) => {
    if (call.id !== call.env.projectRef) return mismatch("project ref", "project");
    return call.slug === call.env.slug ? handle(call) : mismatch("environment slug", "environment");
  };
}

const shown = (run: Run): Reply => answer(shownRun(run));

function bodyOf(request: SandboxRequest): unknown {
  const parsed = parseJson(new TextDecoder().decode(request.body));
  return parsed.ok ? parsed.value : undefined;
}
