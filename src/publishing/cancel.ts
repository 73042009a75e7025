import { and, eq, sql } from "drizzle-orm";
import type { PostId } from "../core/post/id.ts";
import { unresolvedAttempts } from "../db/attempts.ts";
import { recordEvent } from "../db/events.ts";
import { loadPost, type Post } from "../db/posts.ts";
import { posts } from "../db/schema.ts";
import { disarmQuietly } from "./arming.ts";
import { wrongState } from "./errors.ts";
import type { DeskParts } from "./parts.ts";

/** `draft`: nothing went out and nothing will. `stopped`: some tweets are out. `stopping`: X is still being asked. */
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
  if (taken !== undefined) return taken;
  const until = parts.now().getTime() + waitMs;
  for (;;) {
    const post = await loadPost(parts.orm, id);
    if (post.row.status === "draft") return { result: "draft", post };
    if (post.row.status === "published") throw wrongState(post, "cancelled");
    if (post.row.status === "failed") return { result: "stopped", post };
    if (parts.now().getTime() >= until) return { result: "stopping", post };
    await parts.sleep(LOOK_MS);
  }
}

async function takeBack(parts: DeskParts, id: PostId): Promise<Cancelled | undefined> {
  let oldRun: string | null = null;
  const taken = await parts.orm.transaction(async (tx): Promise<Cancelled | undefined> => {
    const post = await loadPost(tx, id, { lock: true });
    const { status, runId } = post.row;
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
      oldRun = runId;
      if (out === 0) await backToDraft(tx, id);
      else await stopPartly(tx, post, out);
      const result = out === 0 ? "draft" : "stopped";
      return { result, post: await loadPost(tx, id) };
    }
    await tx.update(posts).set({ stopRequested: true, updatedAt: sql`now()` }).where(eq(posts.id, id));
    await recordEvent(tx, id, "stop_asked");
    // Waiting to find out about a tweet: the run that finds out will see the request.
    return status === "scheduled" ? { result: "stopping", post: await loadPost(tx, id) } : undefined;
  });
  await disarmQuietly(parts, oldRun);
  return taken;
}

type Tx = Parameters<Parameters<DeskParts["orm"]["transaction"]>[0]>[0];

async function backToDraft(tx: Tx, id: PostId): Promise<void> {
  await tx
    .update(posts)
    .set({
      status: "draft",
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
