/** A request as it reached the sandbox: read to its end before anything looks at it. */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly arrivedAt: Date;
}

export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const JSON_TYPE = "application/json; charset=utf-8";
const HTML_TYPE = "text/html; charset=utf-8";

export function json(status: number, value: unknown, contentType: string = JSON_TYPE): Reply {
  return { status, headers: { "content-type": contentType }, body: JSON.stringify(value) };
}

export function html(status: number, page: string): Reply {
  return { status, headers: { "content-type": HTML_TYPE, "cache-control": "no-store" }, body: page };
}

export function redirect(location: string): Reply {
  return { status: 302, headers: { location, "cache-control": "no-store" }, body: "" };
}

export function withHeaders(reply: Reply, headers: Readonly<Record<string, string>>): Reply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

/** The media type of a request's body without its parameters, in lower case; "" when it has none. */
export function mediaType(request: SandboxRequest): string {
  return (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

export function bodyText(request: SandboxRequest): string {
  return new TextDecoder().decode(request.body);
}

/** The fields of a form-encoded body; no fields when the body is something else. */
export function formFields(request: SandboxRequest): URLSearchParams {
  return mediaType(request) === "application/x-www-form-urlencoded"
    ? new URLSearchParams(bodyText(request))
    : new URLSearchParams();
}

export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    // Text of a stranger that is no JSON: the caller decides what to answer.
    return { ok: false };
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
