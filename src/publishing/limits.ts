import { type Reading, spentLimits, storeRateLimits } from "../db/accounts.ts";
import type { Orm } from "../db/connection.ts";

/** Stores what X's headers say of its limits, without one write for every answer. */
export interface LimitBook {
  note(accountId: string, readings: readonly Reading[]): Promise<void>;
  /** The limits of an account of which nothing is left until their `resetAt`. */
  spent(accountId: string): Promise<readonly Reading[]>;
}

/** While nothing runs out, one write and one look a second are enough: the newest reading says all. */
const EVERY_MS = 1_000;

export function createLimitBook(orm: Orm, monotonic: () => number): LimitBook {
  const written = new Map<string, number>();
  const seen = new Map<string, { at: number; spent: Promise<readonly Reading[]> }>();
  return {
    spent(accountId) {
      const known = seen.get(accountId);
      if (known !== undefined && monotonic() - known.at < EVERY_MS) return known.spent;
      const spent = spentLimits(orm, accountId);
      seen.set(accountId, { at: monotonic(), spent });
      return spent;
    },

    async note(accountId, readings) {
      const urgent = readings.some((reading) => reading.remaining <= 1);
      const due = readings.filter((reading) => {
        const key = `${accountId} ${reading.endpoint} ${reading.window}`;
        const last = written.get(key);
        if (!urgent && last !== undefined && monotonic() - last < EVERY_MS) return false;
        written.set(key, monotonic());
        return true;
      });
      await storeRateLimits(orm, accountId, due);
      // After the write: a look that begins now must find it.
      if (readings.some((reading) => reading.remaining === 0)) seen.delete(accountId);
    },
  };
}
