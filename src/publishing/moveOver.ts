import { and, eq, isNull, ne, or, sql } from "drizzle-orm";
import { recordEvent } from "../db/events.ts";
import type { PostRow } from "../db/posts.ts";
import { posts } from "../db/schema.ts";
import { disarmQuietly, withArming } from "./arming.ts";
import type { DeskParts } from "./parts.ts";

/** What came of moving the scheduled posts to this process's engine. */
export interface MovedOver {
  readonly moved: number;
  /** Posts that the other engine is publishing right now: they end there, or are moved the next time. */
  readonly publishing: number;
}

/**
 * Moves every armed post to the engine that arms here. One statement a post decides: the next alarm is this engine's, so
 * that the other's does nothing when it rings all the same. Stopped anywhere it goes on when it is called again; a post
 * that was taken over and not armed is found by `reconcile`.
 */
export async function moveOver(parts: DeskParts): Promise<MovedOver> {
  const elsewhere = or(isNull(posts.engine), ne(posts.engine, parts.engineName));
  const found = await parts.orm
    .select()
    .from(posts)
    .where(and(eq(posts.status, "scheduled"), elsewhere))
    .orderBy(posts.alarmAt);
  let moved = 0;
  for (const post of found) {
    if (!(await moveOne(parts, post))) continue;
    moved += 1;
    await disarmQuietly(parts, post);
  }
  const busy = await parts.orm
    .select({ id: posts.id })
    .from(posts)
    .where(and(eq(posts.status, "publishing"), elsewhere));
  return { moved, publishing: busy.length };
}

/** False when the post has moved on since it was read. */
function moveOne(parts: DeskParts, post: PostRow): Promise<boolean> {
  return withArming(parts, async (tx, arm) => {
    const [row] = await tx
      .update(posts)
      .set({ alarm: sql`${posts.alarm} + 1`, runId: null, updatedAt: sql`now()` })
      .where(
        and(
          eq(posts.id, post.id),
          eq(posts.status, "scheduled"),
          eq(posts.revision, post.revision),
          eq(posts.alarm, post.alarm),
        ),
      )
      .returning();
    if (row === undefined) return false;
    await recordEvent(tx, row.id, "rearmed", { why: "moved", to: parts.engineName });
    await arm(row);
    return true;
  });
}
