import { controlSandbox, type SandboxControl } from "../../src/sandbox/control.ts";
import { isRecord, parseJson } from "../../src/sandbox/http.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/server.ts";
import type { DirectGrant, World } from "../../src/sandbox/world/world.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined when it is no JSON. */
  readonly body: unknown;
}

interface CallOptions {
  /** A token, null for no authorization header at all. @default the signed-in user's */
  readonly bearer?: string | null;
  readonly json?: unknown;
  readonly form?: FormData | URLSearchParams | string;
  readonly headers?: Record<string, string>;
}

/** A sandbox with one user signed in, and a plain HTTP caller. Disposing of it stops the sandbox. */
export interface OpenSandbox extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly control: SandboxControl;
  readonly user: DirectGrant;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Creates a tweet and returns its id; throws when X refuses it. */
  tweet(text: string, replyTo?: string): Promise<string>;
  timeline(query?: string): Promise<Answer>;
}

export async function openSandbox(options: SandboxOptions = {}): Promise<OpenSandbox> {
  const sandbox = await startSandbox(options);
  const user = sandbox.world.grant();

  async function call(
    method: string,
    path: string,
    { bearer, json, form, headers }: CallOptions = {},
  ): Promise<Answer> {
    const token = bearer === undefined ? user.accessToken : bearer;
    const response = await fetch(`${sandbox.apiUrl}${path}`, {
      method,
      redirect: "manual",
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: json === undefined ? (form ?? null) : JSON.stringify(json),
    });
    const text = await response.text();
    const parsed = parseJson(text);
    return { status: response.status, headers: response.headers, text, body: parsed.ok ? parsed.value : undefined };
  }

  return {
    sandbox,
    world: sandbox.world,
    control: controlSandbox(sandbox.url),
    user,
    call,
    async tweet(text, replyTo) {
      const reply = replyTo === undefined ? {} : { reply: { in_reply_to_tweet_id: replyTo } };
      return idOf(await call("POST", "/2/tweets", { json: { text, ...reply } }));
    },
    timeline: (query = "") => call("GET", `/2/users/${user.accountId}/tweets${query === "" ? "" : `?${query}`}`),
    [Symbol.asyncDispose]: () => sandbox.stop(),
  };
}

/** A clock that moves only when it is told to. */
export function movableClock(start = "2026-11-22T10:00:00Z"): { now: () => Date; forward(seconds: number): void } {
  let at = Date.parse(start);
  return {
    now: () => new Date(at),
    forward(seconds) {
      at += seconds * 1000;
    },
  };
}

export function idOf(answer: Answer): string {
  const id = dataOf(answer)["id"];
  if (typeof id !== "string") throw new Error(`No id in ${answer.status} ${answer.text}`);
  return id;
}

export function dataOf(answer: Answer): Record<string, unknown> {
  const data = isRecord(answer.body) ? answer.body["data"] : undefined;
  return isRecord(data) ? data : {};
}

/** The tweets of a timeline answer; none when it has no data. */
export function listOf(answer: Answer): Record<string, unknown>[] {
  const data = isRecord(answer.body) ? answer.body["data"] : undefined;
  return Array.isArray(data) ? data.filter(isRecord) : [];
}

export function textsOf(answer: Answer): unknown[] {
  return listOf(answer).map((tweet) => tweet["text"]);
}

/** X's sentence about what is wrong, wherever the body keeps it. */
export function complaintOf(answer: Answer): unknown {
  const body = isRecord(answer.body) ? answer.body : {};
  const first: unknown = Array.isArray(body["errors"]) ? body["errors"][0] : undefined;
  return isRecord(first) ? first["message"] : (body["error_description"] ?? body["detail"]);
}

/** The smallest PNG there is. */
export const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
export const GIF = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

export function upload(bytes: Uint8Array, category: string | null = "tweet_image", type = "image/png"): FormData {
  const form = new FormData();
  form.set("media", new Blob([new Uint8Array(bytes)], { type }), "picture");
  if (category !== null) form.set("media_category", category);
  return form;
}
