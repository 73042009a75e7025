import { type Reading, storeRateLimits } from "../db/accounts.ts";
import type { Orm } from "../db/connection.ts";

/** Stores what X's headers say of its limits, without one write for every answer. */
export interface LimitBook {
  note(accountId: string, readings: readonly Reading[]): Promise<void>;
}

/** While nothing runs out, one write a second is enough: the newest reading says all. */
const EVERY_MS = 1_000;

export function createLimitBook(orm: Orm, monotonic: () => number): LimitBook {
  const written = new Map<string, number>();
  return {
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
    },
  };
}
