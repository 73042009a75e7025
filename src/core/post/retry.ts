const FIRST_MS = 2_000;

/**
 * How long to wait before the n-th repetition (1 for the first): 2, 4, 8 seconds, each between half and
 * one and a half of that, so that posts which failed together do not come back together.
 * `random` is from 0 to 1.
 */
export function retryDelayMs(n: number, random: number): number {
  return Math.round(FIRST_MS * 2 ** (n - 1) * (0.5 + random));
}

/** How long after an unreadable timeline it is read again; after the last the person is asked. */
export const UNREADABLE_WAITS_MS = [15_000, 60_000, 120_000, 300_000, 600_000] as const;
