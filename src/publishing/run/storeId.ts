import { tweetPrice } from "../../core/post/cost.ts";
import { hasUrl } from "../../core/text/entities.ts";
import { recordSent, type Sent } from "../../db/attempts.ts";
import { brokenConstraint } from "../../db/failures.ts";
import { recordSecondCopy } from "../../db/secondCopy.ts";
import type { Run } from "./context.ts";
import { untilStored } from "./untilStored.ts";

/** Stores the id that X gave a tweet, through a database that restarts. True when the post is published by it. */
export async function storeId(
  run: Run,
  tweet: { readonly text: string; readonly attemptId: string; readonly xId: string; readonly outcome: Sent["outcome"] },
): Promise<boolean> {
  const { parts, account, post, lease } = run;
  const { text, ...answer } = tweet;
  const sent: Sent = {
    ...answer,
    accountId: account.id,
    postId: post.id,
    item: hasUrl(text) ? "tweet_with_link" : "tweet",
    microUsd: tweetPrice(text),
    leaseToken: lease.token,
  };
  try {
    return await untilStored(parts, () => recordSent(parts.orm, sent));
  } catch (error) {
    if (brokenConstraint(error) !== "attempts_one_success") throw error;
    await untilStored(parts, () => recordSecondCopy(parts.orm, sent));
    return false;
  }
}
