import { hasUrl } from "../text/entities.ts";
import { type Content, finalText } from "./content.ts";

/**
 * X's pay-per-use prices in millionths of a US dollar, as of 2026-04-20
 * (docs.x.com, x-api/getting-started/pricing). Uploading media is not listed and taken as free.
 */
export const PRICES = {
  tweet: 15_000,
  tweetWithLink: 200_000,
  altText: 5_000,
  delete: 10_000,
  ownRead: 1_000,
} as const;

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

/** "$0.29", "$0.015", never more than needed. */
export function formatUsd(usd: number): string {
  return `$${usd.toFixed(3).replace(/0$/, "")}`;
}
