import { eq, sql } from "drizzle-orm";
import { PRICES } from "../core/post/prices.ts";
import type { Queryable } from "./connection.ts";
import { spend } from "./schema.ts";

/** What X billed for one kind of call. */
export interface SpendItem {
  /** `tweet`, `tweet_with_link`, `alt_text`, `delete` or `own_read`. */
  readonly item: string;
  readonly count: number;
  readonly usd: number;
}

/** Asking X whose a sign-in is; it belongs to no post. */
export async function recordUserRead(db: Queryable, accountId: string): Promise<void> {
  await db.insert(spend).values({ accountId, item: "user_read", microUsd: PRICES.userRead });
}

/** What a post has cost so far, by our own count: X tells nobody. */
export function spentOn(db: Queryable, postId: string): Promise<SpendItem[]> {
  return db
    .select({
      item: spend.item,
      count: sql<number>`count(*)::int`,
      usd: sql<number>`sum(${spend.microUsd})::float / 1e6`,
    })
    .from(spend)
    .where(eq(spend.postId, postId))
    .groupBy(spend.item)
    .orderBy(spend.item);
}
