import { displayedText } from "../../core/text/displayed.ts";
import type { PostView, TweetView } from "../../publishing/view.ts";
import { clipped, sizeOf } from "./clip.ts";
import { PAGE_BYTES, pageAmong } from "./page.ts";

/** `data` of `psn preview`. */
interface Previewed {
  readonly id: string;
  readonly seal: string;
  /** Where the page is; null when none was asked for. */
  readonly file: string | null;
  readonly tweets: readonly PreviewedTweet[];
  readonly page?: number;
  readonly pages?: number;
}

type PreviewedTweet = Pick<TweetView, "n" | "text" | "length" | "limit" | "media"> & {
  /** As X displays it: `text` with its links shortened. */
  readonly shown: string;
  /** Its texts are too large for one reply, and only their beginning is here. */
  readonly cut?: true;
};

/** Of a tweet that does not fit a reply alone: bytes of `text` and of `shown`, of an alt text, of a file's name. */
const TEXT_BYTES = 1_600;
const ALT_BYTES = 300;
const FILE_BYTES = 120;
const USUAL_PATH_BYTES = 1_000;

/** The tweets of one page. Throws `usage` for a page that there is not. */
export function previewedPage({ id, seal, tweets }: PostView, file: string | null, page: number): Previewed {
  // A path may be long, and a caller needs all of it.
  const room = PAGE_BYTES - Math.max(0, sizeOf(file) - USUAL_PATH_BYTES);
  const fitting = tweets.map((tweet) => previewedTweet(tweet, room));
  const { items, ...place } = pageAmong(id, fitting, page, sizeOf, room);
  return { id, seal, file, tweets: items, ...place };
}

function previewedTweet({ n, text, length, limit, media }: TweetView, room: number): PreviewedTweet {
  const whole = { n, text, shown: displayedText(text), length, limit, media };
  if (sizeOf(whole) <= room) return whole;
  const images = media.map((image) => ({
    ...image,
    file: clipped(image.file, FILE_BYTES),
    alt: clipped(image.alt, ALT_BYTES),
  }));
  const [written, shown] = [clipped(text, TEXT_BYTES), clipped(whole.shown, TEXT_BYTES)];
  return { ...whole, text: written, shown, media: images, cut: true };
}
