import { and, eq, sql } from "drizzle-orm";
import { EXIT, PsnError } from "../core/errors.ts";
import { finalText } from "../core/post/content.ts";
import type { PostId } from "../core/post/id.ts";
import { matchesSeal } from "../core/post/seal.ts";
import { weightedLength } from "../core/text/count.ts";
import { unresolvedAttempts } from "../db/attempts.ts";
import type { Tx } from "../db/connection.ts";
import { recordEvent } from "../db/events.ts";
import { loadPost, type Post } from "../db/posts.ts";
import { oauthTokens, posts, tweets } from "../db/schema.ts";
import { SIGNED_OUT } from "../vault/ended.ts";
import { type Armed, disarmQuietly, withArming } from "./arming.ts";
import { changedMeanwhile, sealMismatch, signInNeeded, tooLong, unresolved, wrongState } from "./errors.ts";
import type { DeskParts } from "./parts.ts";

/** When a post goes out, as the person approved it. */
export interface Plan {
  readonly instant: Date;
  readonly zone: string;
  /** "2026-11-24T09:00" in that zone. */
  readonly wall: string;
  readonly late: "ask" | "publish";
  readonly notAfter: Date | null;
}

/** What the person asked for; a thread whose parent is gone goes on `from` where she says. */
export interface Approval {
  readonly event: "scheduled" | "publish_asked" | "retry_asked";
  readonly plan: PlanOf;
  readonly from?: ResumeFrom | undefined;
}

/** Under the last tweet that is still on X, or as a thread of its own. */
export type ResumeFrom = "last-living" | "new-thread";

/** The time a post kept when it was edited or cancelled; null when it never had one. */
export type PlanOf = (post: Post) => Promise<Plan> | Plan;

/**
 * Approves a post for its instant and arms it. What the person typed as `expect` must be the seal of what is
 * stored now; an older alarm is made worthless by the new revision in the same statement, and then disarmed.
 */
export async function approve(parts: DeskParts, id: PostId, expect: string, how: Approval): Promise<Post> {
  // Everything that can be refused without the engine is refused before it is loaded.
  const seen = await loadPost(parts.orm, id);
  const plan = await checkApproval(parts, seen, expect, how);
  let old: Armed | undefined;
  const approved = await withArming(parts, async (tx, arm) => {
    const post = await loadPost(tx, id, { lock: true });
    if (post.row.revision !== seen.row.revision || post.seal !== seen.seal) throw changedMeanwhile(id);
    checkState(post, how.event);
    await checkResolved(tx, post);
    const [row] = await tx
      .update(posts)
      .set({
        status: "scheduled",
        intent: "publish",
        parentGone: how.from === "last-living" ? "last-living" : "ask",
        subStatus: null,
        failure: null,
        stopRequested: false,
        approvedSeal: post.seal,
        approvedAt: sql`now()`,
        scheduledAt: plan.instant,
        alarmAt: plan.instant,
        zone: plan.zone,
        wallTime: plan.wall,
        latePolicy: plan.late,
        notAfter: plan.notAfter,
        revision: sql`${posts.revision} + 1`,
        alarm: sql`${posts.alarm} + 1`,
        runId: null,
        updatedAt: sql`now()`,
      })
      .where(and(eq(posts.id, id), eq(posts.revision, post.row.revision)))
      .returning();
    if (row === undefined) throw changedMeanwhile(id);
    await tx
      .update(tweets)
      .set({ tries: 0 })
      .where(and(eq(tweets.postId, id), eq(tweets.state, "unsent")));
    if (how.from === "new-thread") await startNewThread(tx, post);
    const { from } = how;
    const detail = { at: plan.instant.toISOString(), zone: plan.zone, seal: post.seal, ...(from ? { from } : {}) };
    await recordEvent(tx, id, how.event, detail);
    await arm(row);
    old = post.row.status === "scheduled" ? post.row : undefined;
    return loadPost(tx, id);
  });
  await disarmQuietly(parts, old);
  return approved;
}

/** In the order of the exit codes: content and time, then seal and state, then what is not set up, then the sign-in. */
export async function checkApproval(parts: DeskParts, post: Post, expect: string, how: Approval): Promise<Plan> {
  post.tweets.forEach((tweet, index) => {
    const length = weightedLength(finalText(post.content, index));
    if (tweet.state === "unsent" && length > post.limit) throw tooLong(post, index + 1, length);
  });
  const plan = await planOrGap(post, how.plan);
  if (!matchesSeal(expect, post.seal)) throw sealMismatch(post.id, post.seal);
  checkState(post, how.event);
  if (plan instanceof PsnError) throw plan;
  await parts.engine();
  await checkSignIn(parts, post);
  await checkResolved(parts.orm, post);
  return plan;
}

/** The plan, or what of the set-up it lacks: that is told only after the seal and the state. */
async function planOrGap(post: Post, planOf: PlanOf): Promise<Plan | PsnError> {
  try {
    return await planOf(post);
  } catch (error) {
    if (error instanceof PsnError && error.exit === EXIT.notSetUp) return error;
    throw error;
  }
}

function checkState(post: Post, event: Approval["event"]): void {
  const over = post.tweets.every((tweet) => tweet.state !== "unsent");
  if (!over && post.row.status !== "published" && post.row.status !== "publishing") return;
  throw wrongState(post, event === "scheduled" ? "scheduled" : "published again");
}

/** The first tweet that is not out begins a thread of its own. */
async function startNewThread(tx: Tx, post: Post): Promise<void> {
  const first = post.tweets.find((tweet) => tweet.state === "unsent");
  if (first !== undefined) await tx.update(tweets).set({ startsThread: true }).where(eq(tweets.id, first.id));
}

/** Whoever may send or delete is signed in, as far as psn knows. */
export async function checkSignIn({ orm }: DeskParts, post: Post): Promise<void> {
  if (post.account === undefined) throw signInNeeded();
  const [token] = await orm
    .select({ dead: oauthTokens.deadCode })
    .from(oauthTokens)
    .where(eq(oauthTokens.accountId, post.account.id));
  const code = token === undefined ? SIGNED_OUT : token.dead;
  if (code !== null) throw signInNeeded({ username: post.account.username, code });
}

async function checkResolved(db: DeskParts["orm"] | Tx, post: Post): Promise<void> {
  // psn gave up finding out and asked: approving anew makes it look again, before it sends anything.
  if (post.row.status === "failed" && post.row.subStatus === "unconfirmed") return;
  if ((await unresolvedAttempts(db, post.id)).length > 0) throw unresolved(post.id);
}
