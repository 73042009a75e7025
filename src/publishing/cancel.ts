import { and, eq, sql } from "drizzle-orm";
import { PsnError } from "../core/errors.ts";
import type { PostId } from "../core/post/id.ts";
import { unresolvedAttempts } from "../db/attempts.ts";
import { changesOf } from "../db/claims.ts";
import { recordEvent } from "../db/events.ts";
import { keepLane } from "../db/lanes.ts";
import { loadPost, type Post } from "../db/posts.ts";
import { posts } from "../db/schema.ts";
import { type Armed, disarmQuietly } from "./arming.ts";
import { wrongState } from "./errors.ts";
import type { DeskParts } from "./parts.ts";
import { stoppedUndo } from "./run/undoEnds.ts";

/**
 * `draft`: nothing went out and nothing will. `stopped`: some tweets are out, or all of them, when an undo was
 * cancelled. `stopping`: X is still being asked.
 */
export type Cancelled = { readonly result: "draft" | "stopped" | "stopping"; readonly post: Post };

const LOOK_MS = 100;

/**
 * Takes a post back. A scheduled one is a draft again in one statement, which raises the revision: whatever
 * rings later is refused by the claim. A publishing one is asked to stop, and stops before its next tweet:
 * the statement that commits the intent to send reads the request under the same row's lock.
 * Waits for the open attempt at most `waitMs`.
 */
export async function cancelPost(
  parts: DeskParts & { readonly sleep: (ms: number) => Promise<void> },
  id: PostId,
  waitMs: number,
): Promise<Cancelled> {
  const taken = await takeBack(parts, id);
  if ("result" in taken) return taken;
  const undoing = taken.asked === "undo";
  const until = parts.now().getTime() + waitMs;
  for (;;) {
    const post = await loadPost(parts.orm, id);
    if (post.row.status === "draft") {
      if (undoing) throw deletedAlready(id);
      return { result: "draft", post };
    }
    if (post.row.status === "published" && !undoing) throw wrongState(post, "cancelled");
    if (post.row.status === "published") return { result: "stopped", post };
    if (post.row.status === "failed") return { result: "stopped", post };
    if (parts.now().getTime() >= until) return { result: "stopping", post };
    await parts.sleep(LOOK_MS);
  }
}

/** What the run that holds the post was asked to stop. */
interface Asked {
  readonly asked: Post["row"]["intent"];
}

async function takeBack(parts: DeskParts, id: PostId): Promise<Cancelled | Asked> {
  let old: Armed | undefined;
  const taken = await parts.orm.transaction(async (tx): Promise<Cancelled | Asked> => {
    const post = await loadPost(tx, id, { lock: true });
    const { status, intent } = post.row;
    if (status === "published") throw wrongState(post, "cancelled");
    if (status === "draft") return { result: "draft", post };
    if (status === "failed") {
      if (post.tweets.some((tweet) => tweet.state === "sent")) throw wrongState(post, "cancelled");
      await backToDraft(tx, id);
      return { result: "draft", post: await loadPost(tx, id) };
    }
    const out = post.tweets.filter((tweet) => tweet.state === "sent").length;
    const unknown = (await unresolvedAttempts(tx, id)).length > 0;
    if (status === "scheduled" && !unknown) {
      old = post.row;
      if (intent === "undo") await stopUndo(tx, post);
      else if (out === 0) await backToDraft(tx, id);
      else await stopPartly(tx, post, out);
      const result = out === 0 && intent === "publish" ? "draft" : "stopped";
      return { result, post: await loadPost(tx, id) };
    }
    await tx.update(posts).set({ stopRequested: true, updatedAt: sql`now()` }).where(eq(posts.id, id));
    await recordEvent(tx, id, "stop_asked");
    // Waiting to find out about a tweet: the run that finds out will see the request.
    return status === "scheduled" ? { result: "stopping", post: await loadPost(tx, id) } : { asked: intent };
  });
  await disarmQuietly(parts, old);
  return taken;
}

type Tx = Parameters<Parameters<DeskParts["orm"]["transaction"]>[0]>[0];

async function backToDraft(tx: Tx, id: PostId): Promise<void> {
  await tx
    .update(posts)
    .set({
      status: "draft",
      intent: "publish",
      subStatus: null,
      failure: null,
      revision: sql`${posts.revision} + 1`,
      approvedSeal: null,
      approvedAt: null,
      runId: null,
      stopRequested: false,
      updatedAt: sql`now()`,
    })
    .where(and(eq(posts.id, id)));
  await recordEvent(tx, id, "cancelled");
}

async function stopPartly(tx: Tx, post: Post, out: number): Promise<void> {
  await keepLane(tx, post.id, undefined);
  await tx
    .update(posts)
    .set({
      status: "failed",
      subStatus: "thread_partial",
      revision: sql`${posts.revision} + 1`,
      runId: null,
      updatedAt: sql`now()`,
      failure: {
        code: "stopped",
        message: `Stopped after ${out} of ${post.tweets.length} tweets, as you asked.`,
        next: `psn show ${post.id}`,
      },
    })
    .where(eq(posts.id, post.id));
  await recordEvent(tx, post.id, "failed", { code: "stopped", out });
}

/** An undo that waits is taken back in one statement, as a post is. */
async function stopUndo(tx: Tx, post: Post): Promise<void> {
  const end = await stoppedUndo(tx, post);
  if (end === undefined) throw deletedAlready(post.id);
  await tx
    .update(posts)
    .set({
      ...changesOf(end.release),
      stopRequested: false,
      revision: sql`${posts.revision} + 1`,
      runId: null,
      updatedAt: sql`now()`,
    })
    .where(eq(posts.id, post.id));
  await recordEvent(tx, post.id, end.event, end.detail);
}

const deletedAlready = (id: PostId) =>
  new PsnError("wrong_state", "It was too late to stop the undo: everything that was out is deleted.", {
    next: `psn show ${id}`,
  });
