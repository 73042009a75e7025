import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { closeAttempt, unresolvedAttempts } from "../../db/attempts.ts";
import { setSubStatus } from "../../db/claims.ts";
import { loadPost } from "../../db/posts.ts";
import { posts } from "../../db/schema.ts";
import { beginDelete, closeOpenDeletes, recordDeleted } from "../../db/undo.ts";
import type { XErrorCode, XFailure } from "../../platforms/x/errors/failure.ts";
import { accessToken } from "./access.ts";
import { checkHold, checkRateLimit } from "./checks.ts";
import { again, done, type End, ended, type Granted, type Run, type Step } from "./context.ts";
import { lift } from "./holds.ts";
import { LeaseLost } from "./lease.ts";
import { afterRefusal } from "./refusals.ts";
import { settleOpenAttempts } from "./settle.ts";
import { asUndo, stoppedUndo, undone } from "./undoEnds.ts";
import { untilDue } from "./untilDue.ts";
import { untilStored } from "./untilStored.ts";
import type { Tweet } from "./uploadImages.ts";

const DELETE = "DELETE /2/tweets/:id";
/** Left of the lease when a request's time is over, to store its answer. */
const ANSWER_MS = 1_000;
/** With these X has certainly deleted nothing; after any other lost answer it may have. */
const NOT_DONE: ReadonlySet<XErrorCode> = new Set(["unreachable", "tls_failed", "stopped", "content_type_refused"]);

/**
 * Takes back what is out of a post, from its last tweet to its first, so that no reply is left without what it answers.
 * Deleting again what is deleted changes nothing: a delete without an answer is simply repeated, in this run or by
 * whoever takes the post over.
 */
export async function undoTweets(run: Run, unresolved: boolean): Promise<End> {
  return (
    (unresolved ? await settleFirst(run) : undefined) ??
    (await afterStop(run)) ??
    (await checkHold(run)) ??
    (await untilDue(run)) ??
    (await deleteTweets(run)) ??
    (await undone(run))
  );
}

/** A tweet of which nobody knows whether it is out is found out about, and deleted with the others if it is. */
async function settleFirst(run: Run): Promise<End | undefined> {
  const { parts, post, lease } = run;
  const countOpen = async () => (await unresolvedAttempts(parts.orm, post.id)).length;
  for (let open = await countOpen(); open > 0; ) {
    const end = await settleOpenAttempts(run);
    const left = await countOpen();
    // A tweet that is proven absent may end a publishing; here it is one tweet less.
    if (end !== undefined && end !== "published" && left >= open) return asUndo(run, end);
    open = left;
  }
  await setSubStatus(parts.orm, post.id, lease.token, null);
  run.post = await loadPost(parts.orm, post.id);
  return undefined;
}

async function deleteTweets(run: Run): Promise<End | undefined> {
  const { parts, post } = run;
  await closeOpenDeletes(parts.orm, post.id);
  for (;;) {
    const tweet = run.post.tweets.findLast(({ state }) => state === "sent");
    if (tweet === undefined) return undefined;
    const step = await deleteTweet(run, tweet);
    if (step.kind === "end") return (await afterStop(run)) ?? asUndo(run, step.end);
    if (step.kind === "done") await parts.at("between_tweets", post.id);
    run.post = await loadPost(parts.orm, post.id);
  }
}

/** One try of deleting one tweet. */
async function deleteTweet(run: Run, tweet: Tweet): Promise<Step<void>> {
  const { parts, lease, post, account } = run;
  const { xId } = tweet;
  if (xId === null) throw new Error(`tweet ${tweet.id} is out and has no id of X`);
  const limited = await checkRateLimit(run, [DELETE]);
  if (limited !== undefined) return ended(limited);
  const access = await accessToken(run);
  if (access.kind !== "done") return access;
  const intent = await commitIntent(run, tweet);
  if (intent.kind !== "done") return intent;
  const attemptId = intent.value;

  const answer = await parts.x.deleteTweet(
    { accessToken: access.value.token, timeoutMs: Math.min(parts.policy.requestMs, lease.left() - ANSWER_MS) },
    xId,
  );
  await parts.at("answered", post.id);
  if (!answer.ok) {
    await closeRefused(run, attemptId, answer.failure);
    await parts.limits.note(account.id, answer.rateLimits);
    return afterRefusal(run, siteOf(tweet, access.value), answer.failure);
  }
  const { wasGone } = answer.value;
  const deleted = { attemptId, accountId: account.id, postId: post.id, xId, wasGone };
  await untilStored(parts, () => recordDeleted(parts.orm, deleted));
  await parts.at("stored", post.id);
  if (account.holdCode !== null) await lift(run);
  await parts.limits.note(account.id, answer.rateLimits);
  return done(undefined);
}

const siteOf = (tweet: Tweet, { version }: Granted) => ({ tweet, position: tweet.position, version });

/** Commits the attempt. The request ends under the lease: while it may be on its way nobody else has the post. */
async function commitIntent(run: Run, tweet: Tweet): Promise<Step<string>> {
  const { parts, lease, post } = run;
  const id = randomUUID();
  await parts.at("before_intent", post.id);
  await lease.ensure(parts.policy.requestMs + ANSWER_MS);
  const { position } = tweet;
  const attempt = { id, postId: post.id, tweetId: tweet.id, position, leaseToken: lease.token };
  if (await beginDelete(parts.orm, attempt, parts.policy.requestMs / 1000)) {
    await parts.at("after_intent", post.id);
    return done(id);
  }
  const stopped = await afterStop(run);
  if (stopped !== undefined) return ended(stopped);
  const now = await loadPost(parts.orm, post.id);
  if (now.tweets.some(({ id, state }) => id === tweet.id && state === "sent")) throw new LeaseLost();
  return again;
}

async function closeRefused({ parts }: Run, attemptId: string, failure: XFailure): Promise<void> {
  const mayBeDone = failure.class === "safe" && !NOT_DONE.has(failure.code);
  const outcome = mayBeDone ? "ambiguous" : "refused";
  const known = { httpStatus: failure.status, code: failure.code, detail: failure.detail };
  await untilStored(parts, () => closeAttempt(parts.orm, attemptId, { outcome, ...known }));
}

/** When the person asked to stop: what is left stays on X. */
async function afterStop({ parts, post }: Run): Promise<End | undefined> {
  const [row] = await parts.orm.select({ stop: posts.stopRequested }).from(posts).where(eq(posts.id, post.id));
  return row?.stop === true ? stoppedUndo(parts.orm, post) : undefined;
}
