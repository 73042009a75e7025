import { createHash, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { loadPost } from "../../src/db/posts.ts";
import { posts } from "../../src/db/schema.ts";
import type { DeskParts } from "../../src/publishing/parts.ts";
import { attachToTweet, type NewImage, saveDraft } from "../../src/publishing/write.ts";
import { png } from "../../tests/support/images.ts";

/** What a trial publishes: one tweet, a thread of seven, or a thread of three with two images above and one below. */
export type Shape = "single" | "thread" | "images";

/** A post as it must arrive at X. */
export interface Written {
  readonly id: string;
  readonly seal: string;
  readonly tweets: readonly WrittenTweet[];
}

export interface WrittenTweet {
  /** Occurs once in everything that is written to this X. */
  readonly text: string;
  /** The digests of its images. */
  readonly images: readonly string[];
}

const LENGTHS: Readonly<Record<Shape, number>> = { single: 1, thread: 7, images: 3 };

/** What a post of this shape says, and how many images each tweet has; `mark` tells its texts from those of other posts. */
export function tweetsOf(shape: Shape, mark: string): { readonly text: string; readonly images: number }[] {
  return Array.from({ length: LENGTHS[shape] }, (_, index) => ({
    text: `${mark}, tweet ${index + 1} of ${LENGTHS[shape]}.`,
    images: shape === "images" ? ([2, 0, 1][index] ?? 0) : 0,
  }));
}

/** Drafts a post of this shape. */
export async function write(desk: DeskParts, shape: Shape, mark: string, accountId?: string): Promise<Written> {
  return await writeTweets(desk, tweetsOf(shape, mark), accountId);
}

/** Drafts a post of these texts, each with so many images of its own, for this account or the default one. */
export async function writeTweets(
  desk: DeskParts,
  tweets: readonly { readonly text: string; readonly images: number }[],
  accountId?: string,
): Promise<Written> {
  const images = tweets.map(({ text, images: count }) => pictures(text, count));
  let post = await saveDraft(desk, { texts: tweets.map(({ text }) => text), numbered: false, images: images[0] ?? [] });
  for (const [index, added] of images.entries()) {
    if (index > 0) for (const image of added) post = await attachToTweet(desk, post.id, index + 1, image);
  }
  if (accountId !== undefined) {
    await desk.orm.update(posts).set({ accountId }).where(eq(posts.id, post.id));
    post = await loadPost(desk.orm, post.id);
  }
  return {
    id: post.id,
    seal: post.seal,
    tweets: tweets.map(({ text }, index) => ({ text, images: (images[index] ?? []).map((i) => i.image.sha256) })),
  };
}

/** So many images for a tweet of this text. */
export const pictures = (text: string, count: number): NewImage[] =>
  Array.from({ length: count }, (_, index) => picture(text, index));

/** A small PNG whose colour and name are made of the text it goes with; the first of a tweet has an alt text. */
function picture(text: string, index: number): NewImage {
  const [r = 0, g = 0, b = 0] = createHash("sha256").update(`${text} ${index}`).digest();
  const bytes = png(8, 6, [r, g, b]);
  const image = {
    id: randomUUID(),
    fileName: `${text.replaceAll(/\W+/g, "-")}${index + 1}.png`,
    mime: "image/png",
    width: 8,
    height: 6,
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    alt: index === 0 ? `A picture for ${text}` : "",
  };
  return { image, bytes };
}
