/** The endpoints that psn calls, as X's table of limits names them: method and path template. */
export type XEndpoint =
  | "GET /2/users/me"
  | "POST /2/tweets"
  | "GET /2/tweets/:id"
  | "GET /2/users/:id/tweets"
  | "DELETE /2/tweets/:id"
  | "POST /2/media/upload"
  | "POST /2/media/metadata";

export type RateLimitWindow = "15min" | "24h_user" | "24h_app";

/** What X said is left of one limit. Limits count per user token, so a reading belongs to the account that called. */
export interface RateLimitReading {
  readonly endpoint: XEndpoint;
  readonly window: RateLimitWindow;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Date;
}

/** The two 24 h families are undocumented and real (seen in twitter-api-v2 #495 and #553). */
const HEADERS: Readonly<Record<RateLimitWindow, string>> = {
  "15min": "x-rate-limit",
  "24h_user": "x-user-limit-24hour",
  "24h_app": "x-app-limit-24hour",
};
const WINDOWS: readonly RateLimitWindow[] = ["15min", "24h_user", "24h_app"];

/** Reads `…-limit`, `…-remaining` and `…-reset` (Unix seconds). A family that is incomplete or no number gives nothing. */
export function readRateLimits(endpoint: XEndpoint, headers: Headers): RateLimitReading[] {
  return WINDOWS.flatMap((window) => {
    const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((part) =>
      wholeNumber(headers.get(`${HEADERS[window]}-${part}`)),
    );
    if (limit === undefined || remaining === undefined || reset === undefined || reset === 0) return [];
    const resetAt = new Date(reset * 1000);
    return Number.isNaN(resetAt.getTime()) ? [] : [{ endpoint, window, limit, remaining, resetAt }];
  });
}

/** `retry-after` in seconds or as an HTTP date. X does not document it; it is honoured when it comes. */
export function readRetryAfter(headers: Headers, now: Date): Date | undefined {
  const value = headers.get("retry-after");
  const seconds = wholeNumber(value);
  if (seconds !== undefined) return validDate(now.getTime() + seconds * 1000);
  return value === null ? undefined : validDate(Date.parse(value));
}

export interface RefusedForNow {
  readonly readings: readonly RateLimitReading[];
  readonly retryAfter?: Date | undefined;
  readonly now: Date;
  /** A number in [0, 1), so that many posts do not wake in the same instant. */
  readonly random: () => number;
}

const MINUTE_MS = 60_000;
/** With no header to go by: X's shortest window. */
const UNKNOWN_MS = 15 * MINUTE_MS;
/** A reset in the past would mean a busy loop, and one far away a post that nobody sees again. */
const SHORTEST_MS = MINUTE_MS;
const LONGEST_MS = 24 * 60 * MINUTE_MS;

/**
 * When to try again after a 429: a spent 24 h limit waits for its reset, else the 15-minute window for its own, and
 * without headers 15 minutes. At least a minute (also for a reset in the past), at most a day, 1 to 5 s of jitter.
 */
export function waitUntil({ readings, retryAfter, now, random }: RefusedForNow): Date {
  const reset = spentDay(readings) ?? readings.find((r) => r.window === "15min")?.resetAt;
  const at = Math.max(reset?.getTime() ?? Number.NEGATIVE_INFINITY, retryAfter?.getTime() ?? Number.NEGATIVE_INFINITY);
  const wait = Number.isFinite(at) ? at - now.getTime() : UNKNOWN_MS;
  const jitter = 1_000 + Math.floor(random() * 4_000);
  return new Date(now.getTime() + Math.min(LONGEST_MS, Math.max(SHORTEST_MS, wait) + jitter));
}

/** The later reset of the 24 h limits that have nothing left. */
function spentDay(readings: readonly RateLimitReading[]): Date | undefined {
  const resets = readings.filter((r) => r.window !== "15min" && r.remaining === 0).map((r) => r.resetAt.getTime());
  return resets.length === 0 ? undefined : new Date(Math.max(...resets));
}

function wholeNumber(value: string | null): number | undefined {
  return value !== null && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : undefined;
}

function validDate(ms: number): Date | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
