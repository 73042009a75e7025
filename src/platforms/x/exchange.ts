import { revealed } from "../../core/secret.ts";
import type { XCallName } from "./errors/failure.ts";
import { networkCode, reachOf } from "./errors/network.ts";
import type { XEvent } from "./errors/row.ts";
import type { XEndpoint } from "./rateLimits.ts";
import type { Fetch, XCall } from "./types.ts";

/** What the client was made with. */
export interface XSettings {
  /** Such as `https://api.x.com`; a path is kept. */
  readonly apiUrl: string;
  readonly fetch: Fetch;
  readonly now: () => Date;
  readonly random: () => number;
  readonly timeoutMs: number;
}

export interface XRequest {
  readonly call: XCallName;
  readonly endpoint: XEndpoint;
  /** Below the API's address, with its query. */
  readonly path: string;
  readonly body?: FormData | { readonly json: unknown };
}

/** One request and how it ended: an answer read to its end, or what came instead. */
export type Exchange =
  | { readonly kind: "answer"; readonly status: number; readonly headers: Headers; readonly body: string }
  | { readonly kind: "event"; readonly event: XEvent; readonly detail?: string; readonly headers?: Headers };

/** A header value that `fetch` accepts; a stored token that has anything else is damaged. */
const SENDABLE_TOKEN = /^[\x21-\x7e]+$/;

/** Sends one request and reads the whole answer within the call's time. Never throws, never repeats, never redirects. */
export async function exchange(settings: XSettings, call: XCall, request: XRequest): Promise<Exchange> {
  const token = revealed(call.accessToken);
  if (!SENDABLE_TOKEN.test(token)) return { kind: "event", event: "token_malformed" };
  const timeoutMs = call.timeoutMs ?? settings.timeoutMs;
  // A publisher whose lease has run out has no time left for a request.
  if (call.signal?.aborted || timeoutMs <= 0) return { kind: "event", event: "stopped_before" };

  const { fetch, apiUrl } = settings;
  const limit = timeLimit(timeoutMs, call.signal);
  let headers: Headers | undefined;
  try {
    const url = apiUrl.replace(/\/+$/, "") + request.path;
    const response = await fetch(url, requestInit(request, token, limit.signal));
    headers = response.headers;
    return { kind: "answer", status: response.status, headers, body: await response.text() };
  } catch (error) {
    const ended = limit.ended();
    if (ended !== undefined) return { kind: "event", event: ended, ...(headers ? { headers } : {}) };
    const detail = networkCode(error);
    return {
      kind: "event",
      event: headers === undefined ? eventOf(error) : "cut",
      ...(detail === undefined ? {} : { detail }),
      ...(headers ? { headers } : {}),
    };
  } finally {
    limit.clear();
  }
}

function requestInit({ call, endpoint, body }: XRequest, token: string, signal: AbortSignal): RequestInit {
  const json = body === undefined || body instanceof FormData ? undefined : JSON.stringify(body.json);
  return {
    method: endpoint.slice(0, endpoint.indexOf(" ")),
    headers: {
      accept: "application/json",
      authorization: `Bearer ${token}`,
      // A form's own header names its boundary and must not be replaced.
      ...(json === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body instanceof FormData ? body : (json ?? null),
    // Followed, a redirect would carry the token, and maybe the tweet, elsewhere.
    redirect: "manual",
    signal,
    // A new connection for what can't be repeated: on one that is reused, a close by X looks like a lost answer.
    ...(call === "createTweet" || call === "deleteTweet" ? { keepalive: false } : {}),
  };
}

function eventOf(error: unknown): XEvent {
  const reach = reachOf(error);
  switch (reach) {
    case "not_sent":
    case "tls":
      return reach;
    case "unknown":
      return "cut";
    default:
      return reach satisfies never;
  }
}

/** One signal for the time-out and the caller's own; afterwards it tells which of the two ended the call. */
function timeLimit(ms: number, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  let ended: "timeout" | "stopped_after" | undefined;
  const end = (by: "timeout" | "stopped_after") => {
    ended ??= by;
    controller.abort();
  };
  const timer = setTimeout(() => end("timeout"), ms);
  const stop = () => end("stopped_after");
  outer?.addEventListener("abort", stop, { once: true });
  return {
    signal: controller.signal,
    ended: () => ended,
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", stop);
    },
  };
}
