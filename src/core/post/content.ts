import { PsnError } from "../errors.ts";

export interface Image {
  readonly id: string;
  readonly fileName: string;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly alt: string;
}

/** One tweet of a post, without its counter. */
export interface ContentTweet {
  readonly id: string;
  readonly text: string;
  readonly images: readonly Image[];
  /** It is published (or was, and was taken back): nothing about it can change any more. */
  readonly out: boolean;
}

/** What a person approves: the tweets in their order. Every change makes a new one. */
export interface Content {
  readonly numbered: boolean;
  readonly tweets: readonly ContentTweet[];
}

const MAX_IMAGES = 4;

/** The text that X is sent: the tweet's own, with its counter when the post is numbered. */
export function finalText(content: Content, index: number): string {
  const text = content.tweets[index]?.text ?? "";
  return content.numbered && content.tweets.length > 1 ? `${text} ${index + 1}/${content.tweets.length}` : text;
}

/** The tweet of this number (1 for the first), which must exist and not be out. */
function editable(content: Content, n: number): ContentTweet {
  const tweet = content.tweets[n - 1];
  if (tweet === undefined) {
    const count = content.tweets.length;
    throw new PsnError(
      "tweet_not_found",
      `The post has ${count === 1 ? "one tweet" : `${count} tweets`}; there is no tweet ${n}.`,
      {
        next: "psn show ID",
      },
    );
  }
  if (tweet.out) {
    throw new PsnError("wrong_state", `Tweet ${n} is out; what is on X can't be edited.`, { next: "psn show ID" });
  }
  return tweet;
}

const replaced = (content: Content, n: number, ...by: ContentTweet[]): Content => ({
  ...content,
  tweets: content.tweets.toSpliced(n - 1, 1, ...by),
});

export function editTweet(content: Content, n: number, text: string): Content {
  return replaced(content, n, { ...editable(content, n), text });
}

/** Cuts tweet `n` in two; its images stay with the first half. */
export function splitTweet(content: Content, n: number, halves: readonly [string, string], newId: string): Content {
  const tweet = editable(content, n);
  return replaced(content, n, { ...tweet, text: halves[0] }, { id: newId, text: halves[1], images: [], out: false });
}

/** Joins tweet `n` with the one after it, a blank between them. */
export function mergeTweet(content: Content, n: number, joiner = " "): Content {
  const tweet = editable(content, n);
  const following = editable(content, n + 1);
  const images = [...tweet.images, ...following.images];
  if (images.length > MAX_IMAGES) throw tooManyImages(n, images.length);
  const merged = { ...tweet, text: [tweet.text, following.text].filter((t) => t !== "").join(joiner), images };
  return { ...content, tweets: content.tweets.toSpliced(n - 1, 2, merged) };
}

export function moveTweet(content: Content, n: number, to: number): Content {
  const tweet = editable(content, n);
  editable(content, to);
  return { ...content, tweets: content.tweets.toSpliced(n - 1, 1).toSpliced(to - 1, 0, tweet) };
}

export function removeTweet(content: Content, n: number): Content {
  editable(content, n);
  if (content.tweets.length === 1) {
    throw new PsnError("empty_text", "This is the post's only tweet; a post needs one.", {
      next: "psn edit ID --tweet 1 --stdin",
    });
  }
  return replaced(content, n);
}

export function attachImage(content: Content, n: number, image: Image): Content {
  const tweet = editable(content, n);
  if (tweet.images.length >= MAX_IMAGES) throw tooManyImages(n, tweet.images.length + 1);
  return replaced(content, n, { ...tweet, images: [...tweet.images, image] });
}

/** Takes image `k` (1 for the first) off tweet `n`; undefined stands for the only one. */
export function detachImage(content: Content, n: number, k?: number): Content {
  const { tweet, at } = imageOf(content, n, k);
  return replaced(content, n, { ...tweet, images: tweet.images.toSpliced(at, 1) });
}

/** Gives an image of tweet `n` another alt text; "" means that it has none. */
export function describeImage(content: Content, n: number, alt: string, k?: number): Content {
  const { tweet, at, image } = imageOf(content, n, k);
  return replaced(content, n, { ...tweet, images: tweet.images.with(at, { ...image, alt }) });
}

/**
 * The content of an earlier version in the place of what is there now. What is out stays: the version must begin with it.
 * Tweets that the post still has keep their ids; the others get new ones, since the journal may tell of the old.
 */
export function putBack(content: Content, version: Content, newId: () => string): Content {
  const out = content.tweets.slice(0, content.tweets.findLastIndex((tweet) => tweet.out) + 1);
  const begins = out.every((tweet, index) => isSame(tweet, version.tweets[index]));
  if (out.length > 0 && !(begins && version.numbered === content.numbered)) {
    const which = out.length === 1 ? "Tweet 1 is" : `Tweets 1 to ${out.length} are`;
    throw new PsnError("wrong_state", `${which} out, and that version has others in their place.`, {
      next: "psn history ID",
    });
  }
  const here = new Set(content.tweets.slice(out.length).map(({ id }) => id));
  const rest = version.tweets.slice(out.length);
  return {
    numbered: version.numbered,
    tweets: [...out, ...rest.map((tweet) => ({ ...tweet, id: here.has(tweet.id) ? tweet.id : newId(), out: false }))],
  };
}

function isSame(a: ContentTweet, b: ContentTweet | undefined): boolean {
  const images = (tweet: ContentTweet) => JSON.stringify(tweet.images.map(({ sha256, alt }) => [sha256, alt]));
  return b !== undefined && a.text === b.text && images(a) === images(b);
}

function imageOf(content: Content, n: number, k?: number): { tweet: ContentTweet; at: number; image: Image } {
  const tweet = editable(content, n);
  const count = tweet.images.length;
  const at = (k ?? 1) - 1;
  const image = tweet.images[at];
  if (image !== undefined && (k !== undefined || count === 1)) return { tweet, at, image };
  const has = count === 0 ? "no image" : count === 1 ? "one image" : `${count} images`;
  const why = k === undefined && count > 1 ? "say which one: --image 1 is the first" : `there is no image ${k ?? 1}`;
  throw new PsnError("image_not_found", `Tweet ${n} has ${has}; ${why}.`, { next: "psn show ID" });
}

function tooManyImages(n: number, count: number): PsnError {
  return new PsnError("too_many_images", `Tweet ${n} would have ${count} images; X takes ${MAX_IMAGES} at most.`, {
    next: "psn show ID",
  });
}
