import { hasUrl } from "../text/entities.ts";
import { type Content, finalText } from "./content.ts";
import { PRICES } from "./prices.ts";

export interface Cost {
  /** US dollars for all tweets that are not out yet. */
  readonly usd: number;
  /** How many of them have a link and so cost thirteen times as much. */
  readonly withLinks: number;
}

export const tweetPrice = (text: string): number => (hasUrl(text) ? PRICES.tweetWithLink : PRICES.tweet);

export function costOf(content: Content): Cost {
  let micro = 0;
  let withLinks = 0;
  content.tweets.forEach((tweet, index) => {
    if (tweet.out) return;
    const text = finalText(content, index);
    micro += tweetPrice(text) + tweet.images.filter((image) => image.alt !== "").length * PRICES.altText;
    if (hasUrl(text)) withLinks += 1;
  });
  return { usd: micro / 1_000_000, withLinks };
}
