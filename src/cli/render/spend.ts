import { formatUsd } from "../../core/post/prices.ts";
import type { SpendItem } from "../../db/spend.ts";
import { dim } from "./style.ts";

const NAMES: Readonly<Record<string, string>> = {
  tweet: "tweets",
  tweet_with_link: "tweets with a link",
  alt_text: "alt texts",
  delete: "deletions",
  own_read: "looks at the timeline",
};

/** One line for people; none while nothing was billed. */
export function spendLine(items: readonly SpendItem[]): string[] {
  if (items.length === 0) return [];
  const total = items.reduce((sum, { usd }) => sum + usd, 0);
  const parts = items.map(({ item, count, usd }) => `${count} ${NAMES[item] ?? item} ${formatUsd(usd)}`);
  return [`${dim("spent")} ${formatUsd(total)}  ${dim(`(${parts.join(", ")})`)}`];
}
