import { isHoldCode } from "../../core/post/holds.ts";
import { retryDelayMs } from "../../core/post/retry.ts";
import type { SubStatus } from "../../core/post/states.ts";
import { countTry } from "../../db/attempts.ts";
import { setSubStatus } from "../../db/claims.ts";
import { recordEvent } from "../../db/events.ts";
import { forgetUploads } from "../../db/media.ts";
import { loadPost, type TweetRow } from "../../db/posts.ts";
import { markGone } from "../../db/tweets.ts";
import type { XErrorCode, XFailure } from "../../platforms/x/errors/failure.ts";
import { SIGN_IN_RECHECK_MS } from "./access.ts";
import { again, ended, failed, named, type Run, type Step, wait } from "./context.ts";
import { hold } from "./holds.ts";
import { parentOf } from "./parent.ts";
import { tryToRead } from "./tryToRead.ts";

/** Which tweet a call was for, and with which version of the token it was made. */
export interface CallSite {
  readonly tweet: TweetRow;
  readonly position: number;
  readonly version: number;
}

/** X may not see a tweet yet that it created a moment ago. */
const PARENT_LAG_MS = 2 * 60_000;
/** What may be X's trouble with everything, not with this post. */
const X_IS_AWAY: ReadonlySet<string> = new Set([
  "unreachable",
  "tls_failed",
  "no_answer",
  "timed_out",
  "unavailable",
  "server_error",
] satisfies XErrorCode[]);
const RETRIES = ["retry_1", "retry_2", "retry_3"] as const satisfies readonly SubStatus[];

/** What follows when X certainly did not do what it was asked: `again`, or how the run ends. */
export async function afterRefusal(run: Run, site: CallSite, failure: XFailure): Promise<Step<never>> {
  const { parts } = run;
  const now = parts.now().getTime();
  const told = { code: failure.code, message: failure.message, next: named(failure.next, run.post.id) };
  switch (failure.class) {
    case "terminal":
      return afterTerminal(run, site, failure, told);
    case "configuration": {
      if (!isHoldCode(failure.code)) return ended(failed(told));
      return ended(await hold(run, failure.code, resetOf(failure)));
    }
    case "sign_in":
      // One refresh, one repetition; a fresh token that is refused too means that X is in trouble.
      if (run.refusedVersion !== undefined)
        return ended(wait(new Date(now + SIGN_IN_RECHECK_MS), "needs_reauth", told));
      run.refusedVersion = site.version;
      return again;
    case "later":
      return ended(wait(failure.retryAt ?? new Date(now + 15 * 60_000), "rate_limited", told));
    case "safe":
    case "ambiguous":
      return repeat(run, site, told);
  }
}

const resetOf = ({ resetDate }: XFailure) =>
  resetDate === undefined || Number.isNaN(Date.parse(resetDate)) ? undefined : new Date(resetDate);

type Told = { code: string; message: string; next: string };

async function afterTerminal(run: Run, site: CallSite, failure: XFailure, told: Told): Promise<Step<never>> {
  const { parts } = run;
  const first = site.tweet.tries === 0;
  if (failure.once === "reupload" && first) {
    await countTry(parts.orm, site.tweet.id);
    await forgetUploads(parts.orm, site.tweet.id);
    return again;
  }
  if (failure.once === "wait" && first) {
    await countTry(parts.orm, site.tweet.id);
    return ended(wait(failure.retryAt ?? new Date(parts.now().getTime() + 15 * 60_000), "retry_1", told));
  }
  if (failure.code === "parent_gone") {
    const parent = parentOf(run.post.tweets, site.position - 1);
    if (mayBeUnseen(run, parent)) return repeat(run, site, told);
    return afterParentGone(run, site, parent);
  }
  return ended(failed(told));
}

/** X may not see a parent yet that went out a moment ago; one that the person has said is gone is no such parent. */
function mayBeUnseen({ parts, post: { row } }: Run, parent: TweetRow | undefined): boolean {
  const sentAt = parent?.sentAt?.getTime() ?? parts.now().getTime();
  const chosen = row.parentGone === "last-living" && sentAt < (row.approvedAt?.getTime() ?? 0);
  return !chosen && parts.now().getTime() - sentAt < PARENT_LAG_MS;
}

/** The thread goes on under an earlier tweet if the person said so; else she chooses. */
async function afterParentGone(run: Run, { position }: CallSite, parent: TweetRow | undefined): Promise<Step<never>> {
  const { parts, post } = run;
  if (post.row.parentGone === "last-living" && parent !== undefined) {
    await markGone(parts.orm, post.id, parent);
    const next = (await loadPost(parts.orm, post.id)).tweets;
    if (parentOf(next, position - 1) !== undefined) return again;
  }
  return ended(
    failed({
      code: "parent_gone",
      message: `Tweet ${position} has nothing to reply to: what stood above it is not on X any more.`,
      next: `psn show ${post.id}`,
    }),
  );
}

/** At most three repetitions a tweet, further and further apart. */
async function repeat(run: Run, site: CallSite, told: Told): Promise<Step<never>> {
  const { parts, post, lease } = run;
  const tries = await countTry(parts.orm, site.tweet.id);
  const subStatus = RETRIES[tries - 1];
  if (tries > parts.policy.maxTries || subStatus === undefined) {
    // X or the network is down: the post goes out when they are back, or is too late.
    return ended((X_IS_AWAY.has(told.code) ? await tryToRead(run) : undefined) ?? failed(told));
  }
  await setSubStatus(parts.orm, post.id, lease.token, subStatus);
  await recordEvent(parts.orm, post.id, "retrying", { tweet: site.position, try: tries, code: told.code });
  await parts.sleep(retryDelayMs(tries, parts.random()));
  return again;
}
