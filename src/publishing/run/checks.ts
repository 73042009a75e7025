import { shortSeal } from "../../core/post/seal.ts";
import { LATE_AFTER_MS, THREAD_CONTINUES_MS } from "../../core/post/states.ts";
import { type End, failed, type Run, wait } from "./context.ts";

/** Everything that must hold before the next tweet may go out. */
export async function checkBeforeSending(run: Run): Promise<End | undefined> {
  return checkSeal(run) ?? checkLateness(run) ?? checkHold(run) ?? (await checkRateLimit(run));
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

/** Credits and spend caps hold the account, not only the post that met them. */
function checkHold({ parts, account }: Run): End | undefined {
  const { heldUntil, holdCode } = account;
  if (heldUntil === null || heldUntil <= parts.now()) return undefined;
  return wait(heldUntil, "out_of_credits", {
    code: holdCode ?? "held",
    message: "X holds the account: credits or spend cap.",
    next: "buy credits or raise the cap in X's developer console; psn goes on by itself",
  });
}

/** A limit that is known to be spent is not tried. */
async function checkRateLimit({ parts, account }: Run): Promise<End | undefined> {
  const until = await parts.limits.spentUntil(account.id, "POST /2/tweets");
  return until === undefined || until <= parts.now() ? undefined : wait(until, "rate_limited");
}
