import { costOf } from "../core/post/cost.ts";
import { PRICES } from "../core/post/prices.ts";
import { shortSeal } from "../core/post/seal.ts";
import type { Post } from "../db/posts.ts";

/** One way to go on, and what X bills for it. */
export interface Choice {
  readonly command: string;
  readonly does: string;
  readonly usd: number;
}

/** The ways on from a thread that stopped because a tweet of it is gone from X; none for any other post. */
export function choicesOf(post: Post): Choice[] {
  if (post.row.status !== "failed" || post.row.failure?.code !== "parent_gone") return [];
  const seal = shortSeal(post.seal);
  const out = post.tweets.filter((tweet) => tweet.state === "sent").length;
  const { usd } = costOf(post.content);
  const retry = `psn retry ${post.id} --expect ${seal} --from`;
  // The last one that is out is the one that is gone.
  const living = { command: `${retry} last-living`, does: "go on under the last tweet that is still on X", usd };
  return [
    ...(out > 1 ? [living] : []),
    { command: `${retry} new-thread`, does: "send the rest as a thread of its own", usd },
    {
      command: `psn undo ${post.id} --expect ${seal}`,
      does: "delete what is out",
      usd: (out * PRICES.delete) / 1_000_000,
    },
  ];
}
