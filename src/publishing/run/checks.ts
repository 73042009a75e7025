import { isHoldCode } from "../../core/post/holds.ts";
import { shortSeal } from "../../core/post/seal.ts";
import { LATE_AFTER_MS, THREAD_CONTINUES_MS } from "../../core/post/states.ts";
import { type Reading, tryHold } from "../../db/accounts.ts";
import { type End, failed, type Run, wait } from "./context.ts";
import { waitForHold } from "./holds.ts";
import { tryToRead } from "./tryToRead.ts";

/** Everything that must hold before the next tweet may go out. */
export async function checkBeforeSending(run: Run): Promise<End | undefined> {
  return checkSeal(run) ?? checkLateness(run) ?? (await checkHold(run));
}

/** What was approved is what goes out. */
function checkSeal({ post }: Run): End | undefined {
  if (post.row.approvedSeal === post.seal) return undefined;
  return failed({
    code: "seal_mismatch",
    message: `The post is not what was approved (its seal is ${shortSeal(post.seal)}), so it was not sent.`,
    next: `psn show ${post.id}`,
  });
}

/** Yesterday's news is never published silently. A thread that has begun may go on for a day. */
function checkLateness({ parts, post }: Run): End | undefined {
  const now = parts.now();
  const { scheduledAt, notAfter, latePolicy } = post.row;
  if (scheduledAt === null) return undefined;
  const late = now.getTime() - scheduledAt.getTime();
  const begun = post.tweets.some((tweet) => tweet.state === "sent");
  const tooLate = begun
    ? late > THREAD_CONTINUES_MS
    : (notAfter !== null && now > notAfter) || (latePolicy === "ask" && late > LATE_AFTER_MS);
  if (!tooLate) return undefined;
  return failed(
    {
      code: "missed",
      message: `It would have gone out ${Math.round(late / 60_000)} minutes late, so psn asks first.`,
      next: `psn show ${post.id}`,
    },
    begun ? "thread_partial" : "missed",
  );
}

/** While one post tries for all of its account, the others wait this long; a lift rings them at once. */
const TRIAL_MS = 60_000;

/** What holds the account stops all of its posts; when its time is over, one of them tries. */
export async function checkHold(run: Run): Promise<End | undefined> {
  const { parts, account } = run;
  if (account.holdCode === null) return undefined;
  const now = parts.now();
  const found = await tryHold(parts.orm, account.id, now, new Date(now.getTime() + TRIAL_MS));
  switch (found.kind) {
    case "lifted":
      return undefined;
    case "held":
      return isHoldCode(found.code) ? waitForHold(found.code, found.until) : undefined;
    case "mine":
      return account.holdCode === "x_unreachable" ? tryToRead(run) : undefined;
  }
}

/** A limit that is known to be spent is not tried. */
export async function checkRateLimit(run: Run, endpoints: readonly string[]): Promise<End | undefined> {
  const { parts, account } = run;
  const spent = (await parts.limits.spent(account.id)).filter(({ endpoint }) => endpoints.includes(endpoint));
  const last = spent.reduce<Reading | undefined>(
    (a, b) => (a === undefined || b.resetAt > a.resetAt ? b : a),
    undefined,
  );
  if (last === undefined || last.resetAt <= parts.now()) return undefined;
  const which = last.window === "15min" ? "X's limit for 15 minutes is" : "X's limit for 24 hours is";
  return wait(last.resetAt, "rate_limited", {
    code: "rate_limited",
    message: `${which} spent; psn goes on when it resets.`,
    next: `psn show ${run.post.id}`,
  });
}
