import { weightedLength } from "../text/count.ts";
import { findEntities, hasUrl } from "../text/entities.ts";
import { type Content, finalText } from "./content.ts";
import { formatUsd, PRICES } from "./prices.ts";

/** Something that a person may want to know before approving; it blocks nothing, except `too_long`. */
export interface Warning {
  readonly code:
    | "too_long"
    | "long_thread"
    | "link_cost"
    | "starts_with_mention"
    | "mentions"
    | "cashtags"
    | "no_alt_text"
    | "needs_this_machine";
  readonly message: string;
  /** 1 for the first tweet; absent when it concerns the whole post. */
  readonly tweet?: number;
}

const LONG_THREAD = 7;

/** Checks a post against X's own limits and restrictions on self-serve apps. `limit` is weighted characters. */
export function warningsOf(content: Content, limit: number): Warning[] {
  const warnings: Warning[] = [];
  if (content.tweets.length > LONG_THREAD) {
    warnings.push({
      code: "long_thread",
      message: `${content.tweets.length} tweets; few people read past ${LONG_THREAD}.`,
    });
  }
  content.tweets.forEach((tweet, index) => {
    if (tweet.out) return;
    const n = index + 1;
    const add = (code: Warning["code"], message: string) => warnings.push({ code, message, tweet: n });
    const text = finalText(content, index);
    const length = weightedLength(text);
    const entities = findEntities(text);
    if (length > limit)
      add("too_long", `Tweet ${n} is ${length - limit} over the limit of ${limit}; shorten or split it.`);
    if (hasUrl(text)) {
      const links = entities.filter((e) => e.kind === "url").map((e) => text.slice(e.start, e.end));
      add(
        "link_cost",
        `Tweet ${n} has a link (${links[0] ?? ""}): X bills ${formatUsd(PRICES.tweetWithLink / 1e6)} instead of ${formatUsd(PRICES.tweet / 1e6)}.`,
      );
    }
    if (text.startsWith("@")) add("starts_with_mention", `Tweet ${n} starts with @: X shows it as a reply.`);
    else if (entities.some((e) => e.kind === "mention")) {
      add("mentions", `Tweet ${n} mentions somebody: X may refuse that from an app.`);
    }
    if (entities.filter((e) => e.kind === "cashtag").length > 1) {
      add("cashtags", `Tweet ${n} has more than one cashtag: X refuses that from an app.`);
    }
    const silent = tweet.images.filter((image) => image.alt === "").length;
    if (silent > 0)
      add(
        "no_alt_text",
        `Tweet ${n}: ${silent === 1 ? "an image has" : `${silent} images have`} no alt text (psn alt gives one).`,
      );
  });
  return warnings;
}

/** X's limit for an account: 280, or 25,000 with Premium (docs.x.com changelog 2024-08-20). */
export function limitFor(subscriptionType: string | null | undefined): number {
  return subscriptionType !== null && subscriptionType !== undefined && /^Premium/.test(subscriptionType)
    ? 25_000
    : 280;
}
