import { randomBytes, randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { attachImage, type Content, type Image, putBack } from "../core/post/content.ts";
import { newPostId, type PostId } from "../core/post/id.ts";
import { sealOf } from "../core/post/seal.ts";
import { defaultAccount } from "../db/accounts.ts";
import { unresolvedAttempts } from "../db/attempts.ts";
import type { Tx } from "../db/connection.ts";
import { recordEvent } from "../db/events.ts";
import { keepLane } from "../db/lanes.ts";
import { addMedia } from "../db/media.ts";
import { type AccountRow, loadPost, type Post, writeContent } from "../db/posts.ts";
import { posts } from "../db/schema.ts";
import { keepVersion, loadVersion } from "../db/versions.ts";
import { type Armed, disarmQuietly } from "./arming.ts";
import { changedMeanwhile, unresolved, versionNotFound, wrongState } from "./errors.ts";
import type { DeskParts } from "./parts.ts";

/** An image that is not stored yet. */
export interface NewImage {
  readonly image: Image;
  readonly bytes: Uint8Array;
}

export interface Draft {
  /** One text a tweet, without counters. */
  readonly texts: readonly string[];
  readonly numbered: boolean;
  /** They go to the first tweet. */
  readonly images: readonly NewImage[];
}

/** Saves a new post; without an account it belongs to the default one, if there is one. */
export async function saveDraft(parts: Pick<DeskParts, "orm">, draft: Draft, owner?: AccountRow): Promise<Post> {
  const id = newPostId(randomBytes(8));
  return await parts.orm.transaction(async (tx) => {
    const account = owner ?? (await defaultAccount(tx));
    await tx.insert(posts).values({ id, accountId: account?.id ?? null, numbered: draft.numbered });
    await store(tx, id, contentOf(draft), draft.images);
    await recordEvent(tx, id, "drafted", { tweets: draft.texts.length });
    const post = await loadPost(tx, id);
    await keepVersion(tx, post, "drafted");
    return post;
  });
}

/** Puts a new text in the place of an old one; the post keeps its id, its time and its story. */
export async function replaceDraft(parts: DeskParts, id: PostId, draft: Draft): Promise<Post> {
  return await changeContent(parts, id, "replaced", (post) => {
    if (post.content.tweets.some((tweet) => tweet.out)) throw wrongState(post, "replaced");
    return { content: contentOf(draft), images: draft.images };
  });
}

export async function changeTweets(
  parts: DeskParts,
  id: PostId,
  change: (content: Content, newId: string) => Content,
): Promise<Post> {
  return await changeContent(parts, id, "edited", (post) => ({
    content: change(post.content, randomUUID()),
    images: [],
  }));
}

export async function attachToTweet(parts: DeskParts, id: PostId, n: number, added: NewImage): Promise<Post> {
  return await changeContent(parts, id, "edited", (post) => ({
    content: attachImage(post.content, n, added.image),
    images: [added],
  }));
}

/** Puts back what the post was at version `n`, as a new version. Nothing changes when that is what it is already. */
export async function revertTo(parts: DeskParts, id: PostId, n: number): Promise<Post> {
  return await changeContent(parts, id, "reverted", async (post, tx) => {
    const version = await loadVersion(tx, id, n);
    if (version === undefined) throw versionNotFound(id, n);
    const content = putBack(post.content, version.content, randomUUID);
    const isSame = (await sealOf(post.account?.xUserId ?? null, content)) === post.seal;
    return isSame ? undefined : { content, images: [], version: n };
  });
}

function contentOf(draft: Draft): Content {
  const tweets = draft.texts.map((text) => ({ id: randomUUID(), text, images: [] as readonly Image[], out: false }));
  let content: Content = { numbered: draft.numbered, tweets };
  for (const { image } of draft.images) content = attachImage(content, 1, image);
  return content;
}

interface Change {
  readonly content: Content;
  readonly images: readonly NewImage[];
  /** The number of the version that is put back. */
  readonly version?: number;
}

/**
 * Every edit goes through here: it breaks the seal, and a post that was scheduled is a draft again, with its
 * time kept. The post's row is locked, so that a claim sees either the old post or none to publish.
 */
async function changeContent(
  parts: DeskParts,
  id: PostId,
  wanted: "edited" | "replaced" | "reverted",
  change: (post: Post, tx: Tx) => Change | undefined | Promise<Change | undefined>,
): Promise<Post> {
  let armed: Armed | undefined;
  const changed = await parts.orm.transaction(async (tx) => {
    const post = await loadPost(tx, id, { lock: true });
    const { row } = post;
    // A tweet that does not exist is told before a state that allows no change.
    const changed = await change(post, tx);
    if (row.status === "published" || row.status === "publishing") throw wrongState(post, wanted);
    if ((await unresolvedAttempts(tx, id)).length > 0) throw unresolved(id);
    if (changed === undefined) return post;
    const { content, images, version } = changed;
    await store(tx, id, content, images);
    const partlyOut = content.tweets.some((tweet) => tweet.out);
    if (partlyOut) await keepLane(tx, id, undefined);
    const [updated] = await tx
      .update(posts)
      .set({
        numbered: content.numbered,
        revision: sql`${posts.revision} + 1`,
        approvedSeal: null,
        approvedAt: null,
        runId: null,
        updatedAt: sql`now()`,
        // What is partly out stays where it stopped; anything else starts over as a draft.
        ...(partlyOut ? stoppedByEdit(id) : { status: "draft" as const, subStatus: null, failure: null }),
      })
      .where(eq(posts.id, id))
      .returning({ id: posts.id });
    if (updated === undefined) throw changedMeanwhile(id);
    const detail = { tweets: content.tweets.length, disarmed: row.status === "scheduled" };
    await recordEvent(tx, id, "edited", version === undefined ? detail : { ...detail, version });
    armed = row.status === "scheduled" ? row : undefined;
    const written = await loadPost(tx, id);
    await keepVersion(tx, written, wanted);
    return written;
  });
  await disarmQuietly(parts, armed);
  return changed;
}

const stoppedByEdit = (id: PostId) => ({
  status: "failed" as const,
  subStatus: "thread_partial" as const,
  failure: {
    code: "edited",
    message: "Some of its tweets are out; the rest was edited and waits for your approval.",
    next: `psn show ${id}`,
  },
});

async function store(tx: Tx, id: PostId, content: Content, images: readonly NewImage[]): Promise<void> {
  await writeContent(tx, id, content);
  for (const { image, bytes } of images) {
    const tweet = content.tweets.find((t) => t.images.some((i) => i.id === image.id));
    if (tweet === undefined) continue;
    const position = tweet.images.findIndex((i) => i.id === image.id) + 1;
    await addMedia(tx, { postId: id, tweetId: tweet.id, position }, image, bytes);
  }
}
