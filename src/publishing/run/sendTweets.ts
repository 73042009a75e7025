import { randomUUID } from "node:crypto";
import { finalText } from "../../core/post/content.ts";
import { beginTweetAttempt, closeAttempt, reopenAbsent } from "../../db/attempts.ts";
import { isLaneOpen } from "../../db/lanes.ts";
import { loadPost } from "../../db/posts.ts";
import { accessToken } from "./access.ts";
import { checkRateLimit } from "./checks.ts";
import { again, done, type End, ended, type Granted, type Run, type Step } from "./context.ts";
import { lift } from "./holds.ts";
import { letThreadPass } from "./lane.ts";
import { LeaseLost } from "./lease.ts";
import { parentOf } from "./parent.ts";
import { afterRefusal } from "./refusals.ts";
import { settleAttempt } from "./settle.ts";
import { afterStop } from "./stop.ts";
import { storeId } from "./storeId.ts";
import { untilStored } from "./untilStored.ts";
import { type Tweet, uploadImages } from "./uploadImages.ts";

/** A process that stood still for this long between intent and request does not send. */
const STALE_INTENT_MS = 2_000;
/** When X still refuses the text as a duplicate after so many looks, it is the duplicate of something else. */
const LOOKS_BEFORE_DUPLICATE = 4;
const CREATE = "POST /2/tweets";
const UPLOAD = "POST /2/media/upload";
/** Left of the lease when a request's time is over, to store its answer. */
const ANSWER_MS = 1_000;

/** Sends the unsent tweets in their order, each under the last one that is out. */
export async function sendTweets(run: Run): Promise<End | "published" | undefined> {
  for (let index = 0; index < run.post.tweets.length; ) {
    const tweet = run.post.tweets[index];
    if (tweet === undefined || tweet.state !== "unsent") {
      index += 1;
      continue;
    }
    const step = await sendTweet(run, tweet, index);
    if (step.kind === "end") return step.end;
    if (step.kind === "done") {
      if (step.value.published) return "published";
      await run.parts.at("between_tweets", run.post.id);
    }
    run.post = await loadPost(run.parts.orm, run.post.id);
  }
  return undefined;
}

/** Whether the post was published with this tweet. */
interface SentTweet {
  readonly published: boolean;
}

/** One try of one tweet. */
async function sendTweet(run: Run, tweet: Tweet, index: number): Promise<Step<SentTweet>> {
  const { parts, lease, post } = run;
  const limited = await checkRateLimit(run, tweet.media.length > 0 ? [CREATE, UPLOAD] : [CREATE]);
  if (limited !== undefined) return ended(limited);
  const access = await accessToken(run);
  if (access.kind !== "done") return access;
  const uploaded = await uploadImages(run, tweet, access.value);
  if (uploaded.kind !== "done") return uploaded;

  const text = finalText(post.content, index);
  const replyTo = parentOf(post.tweets, index)?.xId ?? null;
  const intent = await commitIntent(run, tweet, index, replyTo);
  if (intent.kind !== "done") return intent;
  const attemptId = intent.value;

  const answer = await parts.x.createTweet(
    {
      accessToken: access.value.token,
      timeoutMs: Math.min(parts.policy.requestMs, lease.left() - ANSWER_MS),
    },
    {
      text,
      ...(replyTo === null ? {} : { replyTo }),
      ...(uploaded.value.length === 0 ? {} : { mediaIds: uploaded.value }),
    },
  );
  await parts.at("answered", post.id);
  if (!answer.ok) return afterNoTweet(run, { tweet, index, attemptId, access: access.value }, answer);
  const published = await storeId(run, { text, attemptId, xId: answer.value.id, outcome: "sent" });
  await parts.at("stored", post.id);
  if (run.account.holdCode !== null) await lift(run);
  await parts.limits.note(run.account.id, answer.rateLimits);
  return done({ published });
}

/** Commits the attempt; the request may only leave right after it, under a lease that outlives it. */
async function commitIntent(run: Run, tweet: Tweet, index: number, replyTo: string | null): Promise<Step<string>> {
  const { parts, lease, post } = run;
  const id = randomUUID();
  await parts.at("before_intent", post.id);
  await lease.ensure(parts.policy.requestMs + ANSWER_MS);
  const before = { monotonic: parts.monotonic(), wall: parts.now().getTime() };
  const begun = await beginTweetAttempt(
    parts.orm,
    {
      accountId: run.account.id,
      id,
      postId: post.id,
      tweetId: tweet.id,
      position: index + 1,
      leaseToken: lease.token,
      replyTo,
    },
    parts.policy.requestMs / 1000,
  );
  if (!begun) {
    const stopped = await afterStop(run);
    if (stopped !== undefined) return ended(stopped);
    if (await isOut(run, tweet)) return again;
    if (await isLaneOpen(parts.orm, run.account.id, post.id)) throw new LeaseLost();
    const waits = await letThreadPass(run);
    return waits === undefined ? again : ended(waits);
  }
  await parts.at("after_intent", post.id);
  const stood = Math.max(parts.monotonic() - before.monotonic, parts.now().getTime() - before.wall);
  if (stood <= STALE_INTENT_MS) return done(id);
  await closeAttempt(parts.orm, id, { outcome: "not_sent", code: "process_stood_still" });
  await lease.ensure(parts.policy.requestMs + ANSWER_MS);
  return again;
}

async function afterNoTweet(
  run: Run,
  sent: { tweet: Tweet; index: number; attemptId: string; access: Granted },
  answer: Extract<Awaited<ReturnType<Run["parts"]["x"]["createTweet"]>>, { ok: false }>,
): Promise<Step<SentTweet>> {
  const { parts } = run;
  const { failure } = answer;
  const outcome = failure.class === "ambiguous" ? "ambiguous" : "refused";
  const known = { httpStatus: failure.status, code: failure.code, detail: failure.detail };
  await untilStored(parts, () => closeAttempt(parts.orm, sent.attemptId, { outcome, ...known }));
  await parts.limits.note(run.account.id, answer.rateLimits);
  if (outcome === "ambiguous") return settleAttempt(run, sent.attemptId);
  // X judged the tweet itself: what held the account is over.
  if (failure.class === "terminal" && run.account.holdCode !== null) await lift(run);
  if (await isOut(run, sent.tweet)) return again;
  if (failure.code === "duplicate") {
    const earlier = await reopenAbsent(parts.orm, sent.tweet.id, LOOKS_BEFORE_DUPLICATE);
    if (earlier !== undefined) return settleAttempt(run, earlier);
  }
  return afterRefusal(run, { tweet: sent.tweet, position: sent.index + 1, version: sent.access.version }, failure);
}

/** Whether an earlier request was answered meanwhile, and its process has stored the answer. */
async function isOut({ parts, post }: Run, { id }: Tweet): Promise<boolean> {
  return (await loadPost(parts.orm, post.id)).tweets.some((tweet) => tweet.id === id && tweet.state !== "unsent");
}
