import type { TweetRow } from "../../db/posts.ts";

/** The tweet that the one at `index` replies to: the last before it that is on X, within its thread. */
export function parentOf(tweets: readonly TweetRow[], index: number): TweetRow | undefined {
  const begins = tweets.slice(0, index + 1).findLastIndex((tweet) => tweet.startsThread);
  return tweets.slice(Math.max(begins, 0), index).findLast((earlier) => earlier.state === "sent");
}
