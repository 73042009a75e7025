import { finalText } from "../../core/post/content.ts";
import { PRICES } from "../../core/post/prices.ts";
import { UNREADABLE_WAITS_MS } from "../../core/post/retry.ts";
import {
  closeAttempt,
  countLook,
  countTry,
  ownIds,
  recordSpend,
  type UnresolvedAttempt,
  unresolvedAttempts,
} from "../../db/attempts.ts";
import { setSubStatus } from "../../db/claims.ts";
import { recordEvent } from "../../db/events.ts";
import { loadPost } from "../../db/posts.ts";
import { UNREADABLE_FAILURE } from "../../db/reconcile.ts";
import { candidates, firstIdAt, laterId } from "../../platforms/x/reconciliation.ts";
import type { XTweet } from "../../platforms/x/types.ts";
import { accessToken } from "./access.ts";
import { done, type End, ended, failed, type Run, type Step, wait } from "./context.ts";
import { hold, lift } from "./holds.ts";
import { storeId } from "./storeId.ts";

/** Two looks that find nothing prove absence: X may show a new tweet a moment late, not a minute. */
const LOOKS_FOR_ABSENCE = 2;
const PAGES = 10;
const PROCESS_DIED = "process_died";
/** When there is no earlier tweet of ours to bound the search, our clock does, this far back: it may be hours ahead. */
const CLOCK_MARGIN_MS = 24 * 3_600_000;

/** Finds out about every attempt that a dead process left open, before anything else is done with the post. */
export async function settleOpenAttempts(run: Run): Promise<End | "published" | undefined> {
  const open = await unresolvedAttempts(run.parts.orm, run.post.id);
  if (open.length === 0) return undefined;
  for (const attempt of open) {
    if (attempt.outcome === "open") {
      await closeAttempt(run.parts.orm, attempt.id, { outcome: "ambiguous", code: PROCESS_DIED });
    }
    const step = await settleAttempt(run, attempt.id);
    if (step.kind === "end") return step.end;
    if (step.kind === "done" && step.value.published) return "published";
  }
  run.post = await loadPost(run.parts.orm, run.post.id);
  return undefined;
}

/**
 * Asks X's timeline whether an attempt created its tweet. `done`: it did, and is adopted. `again`: it
 * certainly did not, and may be sent again. Never sends anything.
 */
export async function settleAttempt(run: Run, attemptId: string): Promise<Step<{ published: boolean }>> {
  const { parts, post, lease } = run;
  await setSubStatus(parts.orm, post.id, lease.token, "unconfirmed");
  for (;;) {
    // Who took the post over asks X from now on.
    await lease.ensure(1);
    const attempt = (await unresolvedAttempts(parts.orm, post.id)).find((a) => a.id === attemptId);
    if (attempt === undefined) return done({ published: false });
    const dueIn = nextLookIn(run, attempt);
    if (dueIn > parts.policy.inlineWaitMs) {
      return ended(wait(new Date(parts.now().getTime() + dueIn), "unconfirmed"));
    }
    if (dueIn > 0) {
      await parts.sleep(dueIn);
      continue;
    }
    const step = await look(run, attempt);
    if (step === "look again") continue;
    // Known again: what comes next is no waiting for X's word any more, and lets nobody pass.
    if (step.kind !== "end") await setSubStatus(parts.orm, post.id, lease.token, null);
    return step;
  }
}

/** In how many milliseconds the timeline is read next. */
function nextLookIn({ parts: { policy } }: Run, attempt: UnresolvedAttempt): number {
  // Of a process that died nobody knows when its request ended, only when it must have.
  const endsAfter = attempt.code === PROCESS_DIED || attempt.endedAgo === null;
  const ended = endsAfter ? policy.requestMs - attempt.begunAgo : -(attempt.endedAgo ?? 0);
  const unreadable = UNREADABLE_WAITS_MS.slice(0, attempt.unreadable).reduce((sum, ms) => sum + ms, 0);
  return ended + policy.settleMs + attempt.looks * policy.secondLookMs + unreadable;
}

async function look(run: Run, attempt: UnresolvedAttempt): Promise<Step<{ published: boolean }> | "look again"> {
  const { parts, post } = run;
  const index = post.tweets.findIndex((tweet) => tweet.id === attempt.tweetId);
  const tweet = post.tweets[index];
  if (tweet === undefined) throw new Error(`attempt ${attempt.id} is for a tweet that is gone`);
  const own = await ownIds(parts.orm, run.account.id, attempt.startedAt);
  const text = finalText(post.content, index);
  const timeline = await readTimeline(run, searchFrom(attempt, own.newestBefore));
  if (timeline.kind !== "done") return timeline;
  if (timeline.value === "unreadable") {
    await countLook(parts.orm, attempt.id, false);
    return attempt.unreadable < UNREADABLE_WAITS_MS.length ? "look again" : ended(cantTell(run, attempt));
  }

  const found = candidates(
    { text, replyTo: attempt.replyTo, mediaCount: tweet.media.length },
    timeline.value,
    own.taken,
  );
  const [only, another] = found;
  if (another !== undefined)
    return ended(
      askWhich(
        run,
        attempt,
        found.slice(0, 3).map(({ id }) => id),
      ),
    );
  if (only !== undefined) {
    const { xId } = (await loadPost(parts.orm, post.id)).tweets[index] ?? tweet;
    if (xId !== null) return ended(askAboutCopy(run, attempt, [xId, only.id]));
    return done({ published: await storeId(run, { text, attemptId: attempt.id, xId: only.id, outcome: "adopted" }) });
  }
  await countLook(parts.orm, attempt.id, true);
  if (attempt.looks + 1 < LOOKS_FOR_ABSENCE) return "look again";
  return afterAbsence(run, attempt);
}

/** X does not have the tweet. Sending it again is right only while it is still the moment for it. */
async function afterAbsence(run: Run, attempt: UnresolvedAttempt): Promise<Step<{ published: boolean }>> {
  const { parts, post } = run;
  await closeAttempt(parts.orm, attempt.id, { outcome: "absent" });
  await recordEvent(parts.orm, post.id, "tweet_absent", { tweet: attempt.position });
  const tries = await countTry(parts.orm, attempt.tweetId);
  if (tries <= parts.policy.maxTries && attempt.begunAgo < parts.policy.resendWithinMs) return { kind: "again" };
  const message = `X did not answer for tweet ${attempt.position}, and its timeline shows that it is not out.`;
  const next = `psn show ${post.id}`;
  if (tries > parts.policy.maxTries) return ended(failed({ code: "no_answer", message, next }));
  const begun = post.tweets.some((tweet) => tweet.state === "sent");
  return ended(
    failed(
      { code: "missed", message: `${message} That took so long that psn asks before it sends it again.`, next },
      begun ? "thread_partial" : "missed",
    ),
  );
}

/** X's timeline can't be read: the person may look, and psn does so again for a day. */
function cantTell({ post, account }: Run, attempt: UnresolvedAttempt): End {
  return failed(
    {
      code: UNREADABLE_FAILURE,
      message: `psn can't tell whether tweet ${attempt.position} is out, and looks again every 10 minutes: https://x.com/${account.username}.`,
      next: `psn show ${post.id}`,
    },
    "unconfirmed",
  );
}

/** Two tweets on the timeline could be the one. */
function askWhich({ post, account }: Run, attempt: UnresolvedAttempt, ids: readonly string[]): End {
  const links = ids.map((id) => `https://x.com/${account.username}/status/${id}`).join(" and ");
  return failed(
    {
      code: "two_candidates",
      message: `psn can't tell which is tweet ${attempt.position}: ${links}. Delete what should not be there.`,
      next: `psn retry ${post.id} --expect SEAL`,
    },
    "unconfirmed",
  );
}

/** X acted on an earlier request after it was taken for lost, and on this one: the person deletes one of the two. */
function askAboutCopy({ post, account }: Run, attempt: UnresolvedAttempt, ids: readonly string[]): End {
  const links = ids.map((id) => `https://x.com/${account.username}/status/${id}`).join(" and ");
  return failed(
    {
      code: "on_x_twice",
      message: `Tweet ${attempt.position} is on X twice: delete one of ${links}.`,
      next: `psn show ${post.id}`,
    },
    "unconfirmed",
  );
}

/** The search begins after the parent or our newest earlier tweet: X's ids tell time better than our clock. */
function searchFrom(attempt: UnresolvedAttempt, newestBefore: string | undefined): string {
  const known = [attempt.replyTo, newestBefore].filter((id): id is string => typeof id === "string");
  if (known.length > 0) return known.reduce(laterId);
  return firstIdAt(new Date(attempt.startedAt.getTime() - CLOCK_MARGIN_MS));
}

async function readTimeline(run: Run, sinceId: string): Promise<Step<XTweet[] | "unreadable">> {
  const { parts, account, post } = run;
  const access = await accessToken(run);
  if (access.kind !== "done") return access;
  const tweets: XTweet[] = [];
  let paginationToken: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const answer = await parts.x.ownTimeline(
      { accessToken: access.value.token },
      {
        userId: account.xUserId,
        sinceId,
        maxResults: 100,
        ...(paginationToken === undefined ? {} : { paginationToken }),
      },
    );
    if (!answer.ok) {
      if (answer.failure.class === "sign_in") run.refusedVersion ??= access.value.version;
      // X is down: no other post of the account is sent into that.
      if (answer.failure.class === "safe" && account.holdCode === null) await hold(run, "x_unreachable");
      return done("unreadable");
    }
    tweets.push(...answer.value.tweets);
    await recordSpend(parts.orm, {
      accountId: account.id,
      postId: post.id,
      item: "own_read",
      microUsd: answer.value.tweets.length * PRICES.ownRead,
    });
    if (account.holdCode === null) await lift(run, "x_unreachable");
    paginationToken = answer.value.nextToken;
    if (paginationToken === undefined) return done(tweets);
  }
  return done("unreadable");
}
