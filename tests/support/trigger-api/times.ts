/** `^(\d+(w|d|hr|h|m|s))+$`, and nothing else, is a duration. */
const DURATION = /^(?:\d+(?:w|d|hr|h|m|s))+$/;
const UNIT_MS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;
/** A date and a time of day without a zone. */
const ZONELESS = /^\d{4}-\d{2}-\d{2}T[\d:.]+$/;

/**
 * A duration in milliseconds, or null when it is none. As the platform reads it: the first number of each unit counts,
 * in any order (isomorphic/duration.ts of @trigger.dev/core).
 */
export function durationMs(text: string): number | null {
  if (text.length > 100 || !DURATION.test(text)) return null;
  const amount = (unit: RegExp): number => Number(unit.exec(text)?.[1] ?? 0);
  return (
    amount(/(\d+)w/) * UNIT_MS.w +
    amount(/(\d+)d/) * UNIT_MS.d +
    amount(/(\d+)h/) * UNIT_MS.h +
    amount(/(\d+)m/) * UNIT_MS.m +
    amount(/(\d+)s/) * UNIT_MS.s
  );
}

/**
 * The instant that a `delay` names, or null where the platform finds none: in the past, or not to be read at all.
 * A trigger then runs at once; only a reschedule is refused. "10" is a date of 2001, "3mo" nothing.
 */
export function delayedTo(delay: string | Date, now: Date): Date | null {
  if (delay instanceof Date) return delay;
  // The platform's servers are on UTC.
  const date = new Date(ZONELESS.test(delay) ? `${delay}Z` : delay);
  if (!Number.isNaN(date.getTime())) return date.getTime() <= now.getTime() ? null : date;
  const ms = durationMs(delay);
  return ms === null ? null : new Date(now.getTime() + ms);
}

const DEFAULT_KEY_MS = 30 * UNIT_MS.d;

/** How long an idempotency key is kept, from the trigger on: any text but `^\d+[smhd]$` means 30 days. */
export function keyLifetimeMs(ttl: string | null | undefined): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(ttl ?? "") ?? [];
  switch (unit) {
    case "s":
    case "m":
    case "h":
    case "d":
      return Number(amount) * UNIT_MS[unit];
    default:
      return DEFAULT_KEY_MS;
  }
}

/** Seconds as the platform writes a ttl, such as "1h30m"; 0 means none. */
export function durationText(seconds: number): string | null {
  if (seconds <= 0) return null;
  let rest = seconds;
  let text = "";
  for (const [unit, ms] of Object.entries(UNIT_MS)) {
    const size = ms / 1_000;
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) text += `${amount}${unit}`;
  }
  return text;
}
