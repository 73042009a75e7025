export interface RateLimitOptions {
  /** @default 750 */
  readonly limit: number;
  /** What comes back after each interval. @default 250 */
  readonly refill: number;
  /** @default 10_000 */
  readonly intervalMs: number;
}

const MEASURED: RateLimitOptions = { limit: 750, refill: 250, intervalMs: 10_000 };

interface Bucket {
  remaining: number;
  refilledAt: number;
}

export interface RateLimitState {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Unix milliseconds. The SDK waits until then after a 429, by its own clock. */
  readonly reset: number;
}

/** One bucket per authorization value, good or bad. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: Partial<RateLimitOptions>) {
    this.#options = { ...MEASURED, ...options };
  }

  take(authorization: string, now: Date): RateLimitState {
    const { limit, refill, intervalMs } = this.#options;
    const bucket = this.#buckets.get(authorization) ?? { remaining: limit, refilledAt: now.getTime() };
    this.#buckets.set(authorization, bucket);
    const intervals = Math.max(0, Math.floor((now.getTime() - bucket.refilledAt) / intervalMs));
    bucket.remaining = Math.min(limit, bucket.remaining + intervals * refill);
    bucket.refilledAt += intervals * intervalMs;
    const allowed = bucket.remaining > 0;
    if (allowed) bucket.remaining -= 1;
    return { allowed, limit, remaining: bucket.remaining, reset: bucket.refilledAt + intervalMs };
  }
}
