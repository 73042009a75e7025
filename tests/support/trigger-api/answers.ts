import type { Reply } from "../../../src/sandbox/http.ts";
import type { RateLimitState } from "./rate-limit.ts";
import type { Refusal } from "./refusal.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const PROBLEM_TYPE = "application/problem+json; charset=utf-8";
const STATUS_PAGES = "https://developer.mozilla.org/en-US/docs/Web/HTTP/Status";

export function answer(body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, headers: { "content-type": JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

export function refuse({ status, error }: Refusal, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { "content-type": JSON_TYPE, ...headers }, body: JSON.stringify({ error }) };
}

export const noAuthorization = (): Reply => {
  const detail = "No authorization header provided";
  return problem(401, { title: "Unauthorized", status: 401, type: `${STATUS_PAGES}/401`, detail, error: detail });
};

export function tooManyRequests({ limit, remaining, reset }: RateLimitState, now: Date): Reply {
  const secondsUntilReset = Math.max(0, (reset - now.getTime()) / 1000);
  const detail = `Rate limit exceeded ${remaining}/${limit} requests remaining. Retry in ${secondsUntilReset} seconds.`;
  const numbers = { reset, limit, remaining, secondsUntilReset };
  const title = "Rate Limit Exceeded";
  return problem(429, { title, status: 429, type: `${STATUS_PAGES}/429`, detail, ...numbers, error: detail });
}

export function rateHeaders({ limit, remaining, reset }: RateLimitState): Record<string, string> {
  return { "x-ratelimit-limit": `${limit}`, "x-ratelimit-remaining": `${remaining}`, "x-ratelimit-reset": `${reset}` };
}

function problem(status: number, body: Readonly<Record<string, unknown>>): Reply {
  return { status, headers: { "content-type": PROBLEM_TYPE }, body: JSON.stringify(body, null, 2) };
}
