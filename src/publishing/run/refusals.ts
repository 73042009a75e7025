import { retryDelayMs } from "../../core/post/retry.ts";
import type { SubStatus } from "../../core/post/states.ts";
import { holdAccount } from "../../db/accounts.ts";
import { countTry } from "../../db/attempts.ts";
import { setSubStatus } from "../../db/claims.ts";
import { recordEvent } from "../../db/events.ts";
import { forgetUploads } from "../../db/media.ts";
import type { TweetRow } from "../../db/posts.ts";
import type { XFailure } from "../../platforms/x/errors/failure.ts";
import { SIGN_IN_RECHECK_MS } from "./access.ts";
import { again, ended, failed, named, type Run, type Step, wait } from "./context.ts";

/** Which tweet a call was for, and with which version of the token it was made. */
export interface CallSite {
  readonly tweet: TweetRow;
  readonly position: number;
  readonly version: number;
}

/** Asking costs nothing: X does not bill what it refuses. */
const CREDITS_RECHECK_MS = 10 * 60_000;
/** X may not see a tweet yet that it created a moment ago. */
const PARENT_LAG_MS = 2 * 60_000;
const RETRIES = ["retry_1", "retry_2", "retry_3"] as const satisfies readonly SubStatus[];

/** What follows when X certainly did not do what it was asked: `again`, or how the run ends. */
export async function afterRefusal(run: Run, site: CallSite, failure: XFailure): Promise<Step<never>> {
  const { parts, account } = run;
  const now = parts.now().getTime();
  const told = { code: failure.code, message: failure.message, next: named(failure.next, run.post.id) };
  switch (failure.class) {
    case "terminal":
      return afterTerminal(run, site, failure, told);
    case "configuration": {
      if (!/^(credits_depleted|spend_cap|usage_capped)$/.test(failure.code)) return ended(failed(told));
      const reset = failure.resetDate === undefined ? Number.NaN : Date.parse(failure.resetDate);
      const until = new Date(reset > now ? reset : now + CREDITS_RECHECK_MS);
      await holdAccount(parts.orm, account.id, failure.code, until);
      return ended(wait(until, "out_of_credits", told));
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
    const parent = run.post.tweets[site.position - 2];
    const age = parent?.sentAt ? parts.now().getTime() - parent.sentAt.getTime() : 0;
    if (age < PARENT_LAG_MS) return repeat(run, site, told);
  }
  return ended(failed(told));
}

/** At most three repetitions a tweet, further and further apart. */
async function repeat(run: Run, site: CallSite, told: Told): Promise<Step<never>> {
  const { parts, post, lease } = run;
  const tries = await countTry(parts.orm, site.tweet.id);
  const subStatus = RETRIES[tries - 1];
  if (tries > parts.policy.maxTries || subStatus === undefined) return ended(failed(told));
  await setSubStatus(parts.orm, post.id, lease.token, subStatus);
  await recordEvent(parts.orm, post.id, "retrying", { tweet: site.position, try: tries, code: told.code });
  await parts.sleep(retryDelayMs(tries, parts.random()));
  return again;
}
