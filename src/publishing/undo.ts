import { and, eq, sql } from "drizzle-orm";
import { PsnError } from "../core/errors.ts";
import type { PostId } from "../core/post/id.ts";
import { PRICES } from "../core/post/prices.ts";
import { matchesSeal } from "../core/post/seal.ts";
import { unresolvedAttempts } from "../db/attempts.ts";
import type { Queryable } from "../db/connection.ts";
import { recordEvent } from "../db/events.ts";
import { loadPost, type Post } from "../db/posts.ts";
import { posts } from "../db/schema.ts";
import { forgetTries } from "../db/undo.ts";
import { checkSignIn } from "./approve.ts";
import { withArming } from "./arming.ts";
import { changedMeanwhile, sealMismatch } from "./errors.ts";
import type { DeskParts } from "./parts.ts";
import { ringNow } from "./retry.ts";

/** What an undo deletes, and what X bills for it; a tweet of which nobody knows whether it is out may come on top. */
export interface UndoPlan {
  readonly tweets: number;
  /** US dollars. */
  readonly usd: number;
}

export function undoPlan({ tweets }: Post): UndoPlan {
  const out = tweets.filter(({ state }) => state === "sent").length;
  return { tweets: out, usd: (out * PRICES.delete) / 1_000_000 };
}

/**
 * Arms the deletion of everything that is out of a post. What the person typed as `expect` must be the seal of what is
 * stored now; alarms that were set before are made worthless by the new revision in the same statement. An undo that
 * waits is tried now.
 */
export async function undoPost(parts: DeskParts, id: PostId, expect: string): Promise<Post> {
  const seen = await loadPost(parts.orm, id);
  await checkUndo(parts, seen, expect);
  if (seen.row.status === "scheduled") return await ringNow(parts, seen);
  return await withArming(parts, async (tx, arm) => {
    const post = await loadPost(tx, id, { lock: true });
    if (post.row.revision !== seen.row.revision || post.seal !== seen.seal) throw changedMeanwhile(id);
    await checkState(tx, post);
    const now = parts.now();
    const [row] = await tx
      .update(posts)
      .set({
        status: "scheduled",
        intent: "undo",
        subStatus: null,
        failure: null,
        stopRequested: false,
        approvedSeal: post.seal,
        approvedAt: now,
        publishedAt: null,
        alarmAt: now,
        revision: sql`${posts.revision} + 1`,
        alarm: sql`${posts.alarm} + 1`,
        runId: null,
        updatedAt: sql`now()`,
      })
      .where(and(eq(posts.id, id), eq(posts.revision, post.row.revision)))
      .returning();
    if (row === undefined) throw changedMeanwhile(id);
    await forgetTries(tx, id);
    await recordEvent(tx, id, "undo_asked", { ...undoPlan(post), seal: post.seal });
    await arm(row);
    return loadPost(tx, id);
  });
}

/** Everything that can be refused, in the order of the exit codes. */
export async function checkUndo(parts: DeskParts, post: Post, expect: string): Promise<void> {
  if (!matchesSeal(expect, post.seal)) throw sealMismatch(post.id, post.seal);
  await checkState(parts.orm, post);
  await parts.engine();
  await checkSignIn(parts, post);
}

async function checkState(db: Queryable, post: Post): Promise<void> {
  const { id, row, tweets } = post;
  const wrong = (message: string, command: "show" | "cancel") =>
    new PsnError("wrong_state", message, {
      next: `psn ${command} ${id}`,
      details: { status: row.status, subStatus: row.subStatus },
    });
  const undoing = row.intent === "undo";
  if (row.status === "publishing") {
    throw undoing
      ? wrong("The post is being deleted from X right now.", "show")
      : wrong("The post is being published right now: stop it first.", "cancel");
  }
  if (row.status === "scheduled" && undoing) return;
  const wasOut = tweets.some(({ state }) => state !== "unsent");
  if (!wasOut && (await unresolvedAttempts(db, id)).length === 0) {
    throw wrong("Nothing of the post is out, so there is nothing to delete.", "show");
  }
  if (row.status === "scheduled") throw wrong("The rest of the post is about to go out: stop it first.", "cancel");
}
