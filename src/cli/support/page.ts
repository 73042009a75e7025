import { PsnError } from "../../core/errors.ts";
import type { Warning } from "../../core/post/warnings.ts";
import type { PostView, TweetView } from "../../publishing/view.ts";
import { clipped, sizeOf } from "./clip.ts";

/** Bytes of tweets, with their warnings, in one JSON reply: callers cut replies that are longer than 10 kB or so. */
export const PAGE_BYTES = 6_500;
/** Of a tweet that does not fit a page alone, this much of its text, and of the alt texts of its images. */
const TEXT_BYTES = 2_500;
const ALT_BYTES = 300;
const WARNING_BYTES = 200;

type Paged = Pick<PostView, "id" | "tweets" | "warnings">;
type Page<V extends Paged> = V & {
  readonly page?: number;
  readonly pages?: number;
};

/**
 * The tweets of one page with their warnings; with more than one page, `page` and `pages` tell so.
 * Throws `usage` for a page that there is not.
 */
export function pageOf<V extends Paged>(view: V, page: number): Page<V> {
  const warnings = view.warnings.map((warning) => ({ ...warning, message: clipped(warning.message, WARNING_BYTES) }));
  const warningsOf = Map.groupBy(warnings, (warning) => warning.tweet);
  const bytesOf = (tweet: TweetView) => sizeOf(warningsOf.get(tweet.n) ?? []);
  const fitting = view.tweets.map((tweet) => fitted(tweet, PAGE_BYTES - bytesOf(tweet)));
  const { items: tweets, ...place } = pageAmong(view.id, fitting, page, (tweet) => sizeOf(tweet) + bytesOf(tweet));
  if (place.pages === undefined) return { ...view, tweets, warnings };
  return { ...view, tweets, warnings: warningsOn(page, tweets, warnings), ...place };
}

/** The items of one page of at most `room` bytes, in their order; which page it is of how many, where there are more. */
export function pageAmong<T>(
  id: string,
  all: readonly T[],
  page: number,
  bytesOf: (item: T) => number,
  room = PAGE_BYTES,
): { readonly items: readonly T[]; readonly page?: number; readonly pages?: number } {
  const pages: T[][] = [[]];
  let bytes = 0;
  for (const item of all) {
    const size = bytesOf(item);
    if (bytes > 0 && bytes + size > room) {
      pages.push([]);
      bytes = 0;
    }
    pages.at(-1)?.push(item);
    bytes += size;
  }
  const items = pages[page - 1];
  if (items === undefined) throw noSuchPage(id, page, pages.length);
  return pages.length === 1 ? { items } : { items, page, pages: pages.length };
}

/** A warning belongs to the page of its tweet; one about the whole post to the first. */
function warningsOn(page: number, tweets: readonly TweetView[], warnings: readonly Warning[]): Warning[] {
  const shown = new Set(tweets.map((tweet) => tweet.n));
  return warnings.filter(({ tweet }) => (tweet === undefined ? page === 1 : shown.has(tweet)));
}

/** A tweet that is too large for a page by itself is cut, and says so; people's text is never cut. */
function fitted(tweet: TweetView, limit: number): TweetView & { readonly cut?: true } {
  if (sizeOf(tweet) <= limit) return tweet;
  const media = tweet.media.map((image) => ({ ...image, alt: clipped(image.alt, ALT_BYTES) }));
  return { ...tweet, text: clipped(tweet.text, TEXT_BYTES), media, cut: true };
}

const noSuchPage = (id: string, page: number, pages: number) =>
  new PsnError("usage", `The post has ${pages === 1 ? "one page" : `${pages} pages`}; there is no page ${page}.`, {
    next: `psn show ${id}`,
  });
