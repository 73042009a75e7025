import type { XFailure } from "./errors/failure.ts";
import type { RateLimitReading } from "./rateLimits.ts";

/** What every answer carries, whatever it says. */
export interface XAnswerHead {
  /** What X said is left of its limits; empty when it said nothing or no answer came. */
  readonly rateLimits: readonly RateLimitReading[];
  /** X's clock, from the `date` header: tells how wrong ours is. */
  readonly serverDate?: Date;
}

/** The end of a call: a value, or a failure that says what to do. Calls never throw for what X or the network does. */
export type XAnswer<T> = XAnswerHead &
  ({ readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: XFailure });
