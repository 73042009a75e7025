import type { AlarmPayload } from "../../core/post/alarm.ts";

const DAY_MS = 24 * 3_600_000;
/** The key outlives the due time, so that a repetition after it still meets the run. */
const DAYS_AFTER = 30;

/**
 * The idempotency key of one alarm, the same wherever it is made: global, and of nothing but the alarm. It is what the
 * SDK's `idempotencyKeys.create([...], { scope: "global" })` gives: sha-256 of the parts, joined by dashes.
 */
export async function alarmKey({ postId, revision, alarm }: AlarmPayload): Promise<string> {
  const { idempotencyKeys } = await import("@trigger.dev/sdk");
  return await idempotencyKeys.create(["psn", postId, String(revision), String(alarm)], { scope: "global" });
}

/** How long the platform keeps the key, counted from the call, in its own words: whole days. */
export function keyLifetime(at: Date, now: Date): string {
  const days = Math.ceil(Math.max(0, at.getTime() - now.getTime()) / DAY_MS);
  return `${days + DAYS_AFTER}d`;
}
