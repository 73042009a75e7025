import { and, eq, inArray, isNotNull, isNull, notInArray, or, sql } from "drizzle-orm";
import { recordEvent } from "../db/events.ts";
import { posts } from "../db/schema.ts";
import { withArming } from "./arming.ts";
import type { DeskParts } from "./parts.ts";

/** Rings the posts of an account that wait for a sign-in or for what held the account. Returns how many. */
export async function ringHeld(parts: DeskParts, accountId: string, why: string): Promise<number> {
  const held = and(
    eq(posts.accountId, accountId),
    eq(posts.status, "scheduled"),
    isNotNull(posts.failure),
    // Those know their own hour.
    or(isNull(posts.subStatus), notInArray(posts.subStatus, ["rate_limited", "unconfirmed"])),
  );
  const found = await parts.orm.select({ id: posts.id }).from(posts).where(held);
  if (found.length === 0) return 0;
  return await withArming(parts, async (tx, arm) => {
    const rows = await tx
      .update(posts)
      .set({ alarm: sql`${posts.alarm} + 1`, alarmAt: sql`now()`, runId: null, subStatus: null, failure: null })
      .where(
        and(
          held,
          inArray(
            posts.id,
            found.map(({ id }) => id),
          ),
        ),
      )
      .returning();
    for (const row of rows) {
      await recordEvent(tx, row.id, "rearmed", { why });
      await arm(row);
    }
    return rows.length;
  });
}
