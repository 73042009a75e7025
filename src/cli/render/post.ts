import { formatUsd, PRICES } from "../../core/post/prices.ts";
import type { PostView, TweetView } from "../../publishing/view.ts";
import { bold, cyan, dim, green, harmless, red, yellow } from "./style.ts";

const INDENT = "   ";
const MARKS = { unsent: "○", sent: "●", deleted: "×" } as const;

/** A post as it will look: every tweet numbered, with its count; then cost, warnings and the seal. */
export function renderPost(view: PostView): string {
  const lines = [headline(view), ""];
  for (const tweet of view.tweets) lines.push(...renderTweet(tweet, view.tweets.length), "");
  lines.push(costLine(view));
  for (const warning of view.warnings) lines.push(`${yellow("!")} ${harmless(warning.message)}`);
  lines.push(...troubleLines(view));
  if (view.local !== null && view.status !== "published" && view.intent === "publish")
    lines.push(`${dim("time")}  ${view.local}`);
  if (view.status === "draft" || view.status === "failed") lines.push(`${dim("seal")}  ${bold(view.seal)}`);
  return lines.join("\n");
}

/** What a command did with a post, without its words: they were shown before. */
export function renderBrief(view: PostView): string {
  const lines = [headline(view)];
  for (const { n, url } of view.tweets) {
    if (url !== null) lines.push(`${MARKS.sent} ${bold(`${n}/${view.tweets.length}`)}  ${dim(url)}`);
  }
  if (view.local !== null && view.status !== "published" && view.intent === "publish")
    lines.push(`${dim("time")}  ${view.local}`);
  if (view.status !== "published") lines.push(costLine(view));
  for (const warning of view.warnings) {
    if (warning.code === "needs_this_machine") lines.push(`${yellow("!")} ${warning.message}`);
  }
  lines.push(...troubleLines(view));
  return lines.join("\n");
}

/** Why it stopped or waits, and the ways on when there are several. */
function troubleLines({ failure, choices = [] }: PostView): string[] {
  if (failure === null) return [];
  return [
    `${red("✗")} ${harmless(failure.message)}`,
    ...choices.map(({ command, does, usd }) => `  ${bold(command)}  ${dim(`${does}, ${formatUsd(usd)}`)}`),
  ];
}

/** Which post it is, how it stands, whose it is, and how long. */
export function headline(view: PostView): string {
  const parts = [bold(view.id), statusWord(view), view.account ?? dim("no account yet")];
  const n = view.tweets.length;
  parts.push(n === 1 ? "one tweet" : `thread of ${n}`);
  return parts.join(dim("  ·  "));
}

function statusWord(view: Pick<PostView, "status" | "subStatus" | "intent">): string {
  if (view.intent === "undo" && view.status !== "failed") return cyan("being deleted from X");
  const word = view.subStatus === null ? view.status : `${view.status} (${view.subStatus.replaceAll("_", " ")})`;
  switch (view.status) {
    case "published":
      return green(word);
    case "failed":
      return red(word);
    case "scheduled":
    case "publishing":
      return cyan(word);
    case "draft":
      return word;
  }
}

/** The lines of one tweet: its mark and count, its words, its images. */
export function renderTweet(tweet: TweetView, total: number): string[] {
  const over = tweet.length > tweet.limit;
  const count = `${tweet.length}/${tweet.limit}`;
  const head = [`${MARKS[tweet.state]} ${bold(`${tweet.n}/${total}`)}`, over ? red(count) : dim(count)];
  if (tweet.url !== null) head.push(dim(tweet.url));
  const lines = [head.join("  ")];
  for (const line of harmless(tweet.text).split("\n")) lines.push(line === "" ? "" : `${INDENT}${line}`);
  for (const image of tweet.media) {
    const alt = image.alt === "" ? yellow("no alt text") : `“${harmless(image.alt)}”`;
    lines.push(
      `${INDENT}${dim("▣")} ${harmless(image.file)} ${dim(`${image.width}×${image.height}, ${kilobytes(image.bytes)}`)}  ${alt}`,
    );
  }
  return lines;
}

const kilobytes = (bytes: number) => (bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 1024)} kB`);

function costLine({ cost, tweets, intent }: PostView): string {
  if (intent === "undo") {
    const out = tweets.filter((tweet) => tweet.state === "sent").length;
    return `${dim("cost")}  ${formatUsd((out * PRICES.delete) / 1_000_000)} for deleting ${out}`;
  }
  const left = tweets.filter((tweet) => tweet.state === "unsent").length;
  if (left === 0) return `${dim("cost")}  nothing more`;
  const links = cost.withLinks === 0 ? "" : dim(`  (${cost.withLinks} with a link)`);
  return `${dim("cost")}  ${formatUsd(cost.usd)}${links}`;
}
