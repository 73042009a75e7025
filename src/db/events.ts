import { asc, eq } from "drizzle-orm";
import type { Queryable } from "./connection.ts";
import { events } from "./schema.ts";

/** What can happen to a post. The story of a post is the list of these. */
export type EventKind =
  | "drafted"
  | "edited"
  | "scheduled"
  | "publish_asked"
  | "retry_asked"
  | "parent_gone"
  | "disarmed"
  | "cancelled"
  | "claimed"
  | "took_over"
  | "tweet_out"
  | "tweet_refused"
  | "tweet_unconfirmed"
  | "tweet_adopted"
  | "tweet_absent"
  | "retrying"
  | "waiting"
  | "stop_asked"
  | "undo_asked"
  | "tweet_deleted"
  | "undone"
  | "undo_cancelled"
  | "published"
  | "failed"
  | "missed"
  | "rearmed";

export async function recordEvent(
  db: Queryable,
  postId: string,
  kind: EventKind,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await db.insert(events).values({ postId, kind, detail });
}

export function eventsOf(db: Queryable, postId: string) {
  return db.select().from(events).where(eq(events.postId, postId)).orderBy(asc(events.id));
}
