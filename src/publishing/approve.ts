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
import { oauthTokens, posts } from "../db/schema.ts";
import { disarmQuietly, withArming } from "./arming.ts";
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

/** The time a post kept when it was edited or cancelled; null when it never had one. */
export type PlanOf = (post: Post) => Promise<Plan> | Plan;

/**
 * Approves a post for its instant and arms it. What the person typed as `expect` must be the seal of what is
 * stored now; an older alarm is made worthless by the new revision in the same statement, and then disarmed.
 */
export async function approve(
  parts: DeskParts,
  id: PostId,
  expect: string,
  how: { event: "scheduled" | "publish_asked"; plan: PlanOf },
): Promise<Post> {
  // Everything that can be refused without the engine is refused before it is loaded.
  const seen = await loadPost(parts.orm, id);
  const plan = await checkApproval(parts, seen, expect, how);
  let oldRun: string | null = null;
  const approved = await withArming(parts, async (tx, arm) => {
    const post = await loadPost(tx, id, { lock: true });
    if (post.row.revision !== seen.row.revision || post.seal !== seen.seal) throw changedMeanwhile(id);
    checkState(post, how.event);
    await checkResolved(tx, post);
    const [row] = await tx
      .update(posts)
      .set({
        status: "scheduled",
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
    await recordEvent(tx, id, how.event, { at: plan.instant.toISOString(), zone: plan.zone, seal: post.seal });
    await arm(row);
    oldRun = post.row.status === "scheduled" ? post.row.runId : null;
    return loadPost(tx, id);
  });
  await disarmQuietly(parts, oldRun);
  return approved;
}

/** In the order of the exit codes: content and time, then seal and state, then what is not set up, then the sign-in. */
export async function checkApproval(
  parts: DeskParts,
  post: Post,
  expect: string,
  how: { event: "scheduled" | "publish_asked"; plan: PlanOf },
): Promise<Plan> {
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

function checkState(post: Post, event: "scheduled" | "publish_asked"): void {
  if (post.row.status !== "published" && post.row.status !== "publishing") return;
  throw wrongState(post, event === "scheduled" ? "scheduled" : "published again");
}

async function checkSignIn({ orm }: DeskParts, post: Post): Promise<void> {
  if (post.account === undefined) throw signInNeeded();
  const [token] = await orm
    .select({ dead: oauthTokens.deadCode })
    .from(oauthTokens)
    .where(eq(oauthTokens.accountId, post.account.id));
  if (token === undefined || token.dead !== null) throw signInNeeded(post.account.username);
}

async function checkResolved(db: DeskParts["orm"] | Tx, post: Post): Promise<void> {
  // psn gave up finding out and asked: approving anew makes it look again, before it sends anything.
  if (post.row.status === "failed" && post.row.subStatus === "unconfirmed") return;
  if ((await unresolvedAttempts(db, post.id)).length > 0) throw unresolved(post.id);
}
