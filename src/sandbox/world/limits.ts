import type { Account } from "./accounts.ts";

const QUARTER_HOUR_SECS = 900;
const DAY_SECS = 86_400;

/** X's limits per user and 15 minutes (docs, x-api/fundamentals/rate-limits). */
const PER_USER: Readonly<Record<string, number>> = {
  "POST /2/tweets": 100,
  "DELETE /2/tweets/:id": 50,
  "GET /2/tweets/:id": 900,
  "GET /2/users/:id/tweets": 900,
  "GET /2/users/me": 75,
  "POST /2/media/upload": 500,
  "POST /2/media/metadata": 500,
};
const UNLISTED = 500;

interface Window {
  readonly limit: number;
  readonly lengthSecs: number;
  used: number;
  /** Unix ms; 0 before the first call, which opens the window. */
  resetAt: number;
}

export interface LimitChange {
  /** For example `POST /2/tweets` or `GET /2/users/:id/tweets`. */
  readonly endpoint: string;
  readonly limit: number;
  readonly windowSecs?: number | undefined;
  /** How much of the running window is used already. */
  readonly used?: number | undefined;
}

export interface DailyLimit {
  readonly endpoint: string;
  readonly scope: "user" | "app";
  readonly limit: number;
  readonly used?: number | undefined;
}

export interface Spent {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Counts calls in fixed windows, which open with their first call, per account and endpoint. */
export class Limits {
  readonly #changes = new Map<string, LimitChange>();
  readonly #daily = new Map<string, DailyLimit>();
  readonly #windows = new Map<string, Window>();

  /** Takes one call out of every window that applies; a refused call takes nothing. */
  spend(account: Account, endpoint: string, now: Date): Spent {
    const quarter = this.#current(`${account.id} ${endpoint}`, now, () => this.#quarterHour(endpoint));
    const days = (["app", "user"] as const).flatMap((scope) => {
      const limit = this.#daily.get(`${scope} ${endpoint}`);
      if (limit === undefined) return [];
      const owner = scope === "app" ? "app" : account.id;
      const fresh = { limit: limit.limit, lengthSecs: DAY_SECS, used: limit.used ?? 0, resetAt: 0 };
      return [{ scope, window: this.#current(`${owner} ${endpoint} 24h`, now, () => fresh) }];
    });
    const windows = [quarter, ...days.map((day) => day.window)];
    const allowed = windows.every((window) => window.used < window.limit);
    if (allowed) for (const window of windows) window.used += 1;
    const headers: Record<string, string> = describe("x-rate-limit", quarter);
    for (const { scope, window } of days) Object.assign(headers, describe(`x-${scope}-limit-24hour`, window));
    return { allowed, headers };
  }

  change(change: LimitChange): void {
    this.#changes.set(change.endpoint, change);
    this.#forget(change.endpoint);
  }

  /** Adds a 24-hour limit, whose headers appear from now on. */
  changeDaily(limit: DailyLimit): void {
    this.#daily.set(`${limit.scope} ${limit.endpoint}`, limit);
    this.#forget(`${limit.endpoint} 24h`);
  }

  #quarterHour(endpoint: string): Window {
    const change = this.#changes.get(endpoint);
    const limit = change?.limit ?? PER_USER[endpoint] ?? UNLISTED;
    return { limit, lengthSecs: change?.windowSecs ?? QUARTER_HOUR_SECS, used: change?.used ?? 0, resetAt: 0 };
  }

  #current(key: string, now: Date, fresh: () => Window): Window {
    const known = this.#windows.get(key);
    if (known !== undefined && now.getTime() < known.resetAt) return known;
    const window = fresh();
    // What a change counts as used belongs to one window only, not to those after it.
    if (known !== undefined) window.used = 0;
    window.resetAt = now.getTime() + window.lengthSecs * 1000;
    this.#windows.set(key, window);
    return window;
  }

  #forget(endpoint: string): void {
    for (const key of this.#windows.keys()) if (key.endsWith(` ${endpoint}`)) this.#windows.delete(key);
  }
}

/** `reset` is in whole Unix seconds, rounded up so that the window is over when it comes. */
function describe(prefix: string, window: Window): Record<string, string> {
  return {
    [`${prefix}-limit`]: `${window.limit}`,
    [`${prefix}-remaining`]: `${Math.max(0, window.limit - window.used)}`,
    [`${prefix}-reset`]: `${Math.ceil(window.resetAt / 1000)}`,
  };
}
