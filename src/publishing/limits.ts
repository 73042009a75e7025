import { type Reading, spentUntil, storeRateLimits } from "../db/accounts.ts";
import type { Orm } from "../db/connection.ts";

/** Stores what X's headers say of its limits, without one write for every answer. */
export interface LimitBook {
  note(accountId: string, readings: readonly Reading[]): Promise<void>;
  /** When an endpoint that is known to be spent opens again; undefined while there is room. */
  spentUntil(accountId: string, endpoint: string): Promise<Date | undefined>;
}

/** While nothing runs out, one write and one look a second are enough: the newest reading says all. */
const EVERY_MS = 1_000;

export function createLimitBook(orm: Orm, monotonic: () => number): LimitBook {
  const written = new Map<string, number>();
  const seen = new Map<string, { at: number; until: Promise<Date | undefined> }>();
  return {
    spentUntil(accountId, endpoint) {
      const key = `${accountId} ${endpoint}`;
      const known = seen.get(key);
      if (known !== undefined && monotonic() - known.at < EVERY_MS) return known.until;
      const until = spentUntil(orm, accountId, endpoint);
      seen.set(key, { at: monotonic(), until });
      return until;
    },

    async note(accountId, readings) {
      if (readings.some((reading) => reading.remaining === 0)) seen.clear();
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
