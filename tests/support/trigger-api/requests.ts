import { isRecord, parseJson, type SandboxRequest } from "../../../src/sandbox/http.ts";
import type { Passage } from "./front-door.ts";

/** One request as it arrived, and what became of it. Keys are cut down to their kind; values of variables are left out. */
export interface RecordedRequest {
  readonly at: Date;
  readonly method: string;
  readonly path: string;
  /** For example `/api/v3/runs/:id`; null for a path that is not here. */
  readonly route: string | null;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed; the text itself where it is no JSON, null where there is none. */
  readonly body: unknown;
  /** The status, or `dropped` where the connection was closed without an answer. */
  readonly answered: number | "dropped";
  /** The kind of the fault that struck it. */
  readonly fault: string | null;
}

export function recordOf(request: SandboxRequest, { outcome, route, fault }: Passage): RecordedRequest {
  const authorization = request.headers.get("authorization");
  const { authorization: _, ...headers } = Object.fromEntries(request.headers);
  return {
    at: request.arrivedAt,
    method: request.method,
    path: request.path,
    route,
    query: Object.fromEntries(request.query),
    headers: authorization === null ? headers : { ...headers, authorization: kindOfKey(authorization) },
    body: withoutValues(bodyOf(request)),
    answered: outcome === "dropped" ? outcome : outcome.status,
    fault,
  };
}

function kindOfKey(authorization: string): string {
  return `${/^Bearer (?:tr_[a-z]+_)?/.exec(authorization)?.[0] ?? ""}…`;
}

function bodyOf(request: SandboxRequest): unknown {
  const text = new TextDecoder().decode(request.body);
  if (text === "") return null;
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : text;
}

/** Environment variables keep their names only. */
function withoutValues(body: unknown): unknown {
  if (!isRecord(body)) return body;
  const shown = { ...body };
  if ("value" in shown) shown["value"] = "…";
  const { variables } = body;
  if (isRecord(variables)) {
    shown["variables"] = Object.fromEntries(Object.keys(variables).map((name) => [name, "…"]));
  }
  return shown;
}
