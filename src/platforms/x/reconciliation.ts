import { findEntities } from "../../core/text/entities.ts";
import type { XTweet } from "./types.ts";

/** What psn sent, or may have sent. */
export interface Wanted {
  readonly text: string;
  /** X's id of the tweet it replied to; null for the first of a post. */
  readonly replyTo: string | null;
  readonly mediaCount: number;
}

/**
 * The tweets of a timeline that can be the one psn sent: the same parent, the same text once links are
 * told by where they lead, as many images. A tweet that was edited since is known by most of its words, since X gives
 * only its last text. `taken` holds X's ids that other tweets of ours have; any id of an edit history counts. More than
 * one candidate means that nobody can tell.
 */
export function candidates(wanted: Wanted, timeline: readonly XTweet[], taken: ReadonlySet<string>): XTweet[] {
  const text = comparable(wanted.text);
  const free = timeline.filter(
    (tweet) =>
      ![tweet.id, ...tweet.editHistoryIds].some((id) => taken.has(id)) &&
      (tweet.repliedTo ?? null) === wanted.replyTo &&
      tweet.mediaCount === wanted.mediaCount,
  );
  const same = free.filter((tweet) => comparableAtX(tweet) === text);
  if (same.length > 0) return same;
  return free.filter((tweet) => tweet.editHistoryIds.length > 1 && resembles(comparableAtX(tweet), text));
}

/** At least half of the words of the longer text are in the other. */
function resembles(a: string, b: string): boolean {
  const [first, second] = [a, b].map(
    (text) =>
      new Set(
        text
          .toLowerCase()
          .split(/[^\p{L}\p{N}]+/u)
          .filter(Boolean),
      ),
  );
  if (first === undefined || second === undefined) return false;
  const shared = [...first].filter((word) => second.has(word)).length;
  return shared * 2 >= Math.max(first.size, second.size);
}

/** Our text with each link as X will report where it leads. */
function comparable(text: string): string {
  let out = "";
  let from = 0;
  for (const entity of findEntities(text)) {
    if (entity.kind !== "url") continue;
    out += text.slice(from, entity.start) + destination(text.slice(entity.start, entity.end));
    from = entity.end;
  }
  return squash(out + text.slice(from));
}

/** X's text with its t.co links told by where they lead. */
function comparableAtX(tweet: XTweet): string {
  let text = decodeEntities(tweet.text);
  for (const { url, expandedUrl } of tweet.urls) text = text.replace(url, destination(expandedUrl));
  return squash(text);
}

/** X adds a scheme and may add a slash; neither tells one link from another. */
const destination = (url: string) =>
  url
    .replace(/^https?:\/\//i, "")
    .replace(/\/$/, "")
    .toLowerCase();
const decodeEntities = (text: string) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const squash = (text: string) => text.normalize("NFC").replace(/\s+/g, " ").trim();

const SNOWFLAKE_EPOCH_MS = 1_288_834_974_657n;

/** The smallest id that X can have given at this instant: X's ids tell their time. */
export function firstIdAt(instant: Date): string {
  const ms = BigInt(instant.getTime()) - SNOWFLAKE_EPOCH_MS;
  return ms <= 0n ? "1" : String(ms << 22n);
}

/** The larger of two ids, which are numbers too large for a number. */
export const laterId = (a: string, b: string): string => (BigInt(a) >= BigInt(b) ? a : b);
