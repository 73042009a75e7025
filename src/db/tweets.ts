import { and, eq } from "drizzle-orm";
import type { Queryable } from "./connection.ts";
import { recordEvent } from "./events.ts";
import type { TweetRow } from "./posts.ts";
import { tweets } from "./schema.ts";

/** X does not have a tweet any more that was out. */
export async function markGone(db: Queryable, postId: string, tweet: TweetRow): Promise<void> {
  await db
    .update(tweets)
    .set({ state: "deleted" })
    .where(and(eq(tweets.id, tweet.id), eq(tweets.state, "sent")));
  await recordEvent(db, postId, "parent_gone", { tweet: tweet.position });
}
