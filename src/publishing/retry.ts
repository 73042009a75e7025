import { and, eq, sql } from "drizzle-orm";
import { PsnError } from "../core/errors.ts";
import type { PostId } from "../core/post/id.ts";
import { matchesSeal } from "../core/post/seal.ts";
import { probeHold } from "../db/accounts.ts";
import { recordEvent } from "../db/events.ts";
import { loadPost, type Post } from "../db/posts.ts";
import { posts } from "../db/schema.ts";
import { approve, checkApproval, type PlanOf, type ResumeFrom } from "./approve.ts";
import { disarmQuietly, withArming } from "./arming.ts";
import { choicesOf } from "./choices.ts";
import { changedMeanwhile, sealMismatch, wrongState } from "./errors.ts";
import type { DeskParts } from "./parts.ts";
import { undoCommand } from "./run/undoEnds.ts";

export interface Retry {
  readonly plan: PlanOf;
  /** Where a thread goes on whose tweets are partly gone from X. */
  readonly from: ResumeFrom | undefined;
}

/**
 * Tries a post again: one that stopped goes on with its first unsent tweet, one that waits does so now instead of
 * later. Nothing that may be on X is sent before its timeline was asked.
 */
export async function retryPost(parts: DeskParts, id: PostId, expect: string, retry: Retry): Promise<Post> {
  const post = await loadPost(parts.orm, id);
  await checkRetry(parts, post, expect, retry);
  return isWaiting(post) ? ringNow(parts, post) : approve(parts, id, expect, { event: "retry_asked", ...retry });
}

/** Everything that can be refused, in the order of the exit codes. */
export async function checkRetry(parts: DeskParts, post: Post, expect: string, retry: Retry): Promise<void> {
  if (!matchesSeal(expect, post.seal)) throw sealMismatch(post.id, post.seal);
  if (post.row.intent === "undo" && post.row.status !== "publishing") throw halfUndone(post);
  if (isWaiting(post)) {
    if (retry.from !== undefined) throw wrongState(post, "begun elsewhere");
    return;
  }
  if (post.row.status !== "failed") throw wrongState(post, "tried again");
  if (retry.from !== undefined && post.tweets.every((tweet) => tweet.state === "unsent")) {
    throw new PsnError("wrong_state", "Nothing of the post is out, so it begins anew by itself.", {
      next: `psn retry ${post.id} --expect SEAL`,
    });
  }
  if (retry.from === undefined && post.row.failure?.code === "parent_gone") throw choiceNeeded(post);
  await checkApproval(parts, post, expect, { event: "retry_asked", ...retry });
}

/** It is on its way, and something holds it up. */
const isWaiting = ({ row }: Post) => row.status === "scheduled" && (row.failure !== null || row.subStatus !== null);

/** Has a post that waits tried now. Throws `wrong_state` when it moved meanwhile. */
export async function ringNow(parts: DeskParts, post: Post): Promise<Post> {
  const { revision, alarm } = post.row;
  const rung = await withArming(parts, async (tx, arm) => {
    const [row] = await tx
      .update(posts)
      .set({ alarm: sql`${posts.alarm} + 1`, alarmAt: parts.now(), runId: null, updatedAt: sql`now()` })
      .where(
        and(eq(posts.id, post.id), eq(posts.status, "scheduled"), eq(posts.revision, revision), eq(posts.alarm, alarm)),
      )
      .returning();
    if (row === undefined) throw changedMeanwhile(post.id);
    // What holds the account is tried by the next post that comes, and that is this one.
    if (post.account !== undefined) await probeHold(tx, post.account.id, parts.now());
    await recordEvent(tx, post.id, "retry_asked");
    await arm(row);
    return loadPost(tx, post.id);
  });
  await disarmQuietly(parts, post.row);
  return rung;
}

/** Going on with an undo is deleting more, and is asked for by that name. */
const halfUndone = (post: Post) =>
  new PsnError("wrong_state", "The post is half deleted from X; undo goes on with that.", { next: undoCommand(post) });

function choiceNeeded(post: Post): PsnError {
  const choices = choicesOf(post);
  return new PsnError("input_needed", "A tweet of the thread is gone from X: say how it goes on.", {
    next: choices[0]?.command ?? `psn show ${post.id}`,
    details: { choices },
  });
}
