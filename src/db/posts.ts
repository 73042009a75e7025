import { and, asc, eq, getTableColumns, gt, inArray, ne, notInArray, sql } from "drizzle-orm";
import type { Content, Image } from "../core/post/content.ts";
import { type PostId, parsePostId, postNotFound } from "../core/post/id.ts";
import { type Seal, sealOf } from "../core/post/seal.ts";
import { limitFor } from "../core/post/warnings.ts";
import type { Queryable, Tx } from "./connection.ts";
import { accounts, media, posts, tweets } from "./schema.ts";

export type PostRow = typeof posts.$inferSelect;
export type TweetRow = typeof tweets.$inferSelect;
export type MediaRow = typeof media.$inferSelect;
export type AccountRow = typeof accounts.$inferSelect;

/** A post with all that belongs to it, as it was at one moment. */
export interface Post {
  readonly id: PostId;
  readonly row: PostRow;
  readonly account: AccountRow | undefined;
  readonly tweets: readonly (TweetRow & { readonly media: readonly MediaRow[] })[];
  readonly content: Content;
  readonly seal: Seal;
  /** Weighted characters that one tweet may have. */
  readonly limit: number;
}

/** Loads a post; `lock` holds its row until the transaction ends, so that two commands can't change it at once. */
export async function loadPost(db: Queryable, id: PostId, options: { lock?: boolean } = {}): Promise<Post> {
  const query = db.select().from(posts).where(eq(posts.id, id));
  const [row] = options.lock === true ? await query.for("update") : await query;
  if (row === undefined) throw postNotFound(id);
  return await loadAround(db, row);
}

/** What belongs to a post whose row is known: one query. */
export async function loadAround(db: Queryable, row: PostRow): Promise<Post> {
  const id = parsePostId(row.id);
  const rows = await db
    .select({ tweet: getTableColumns(tweets), image: getTableColumns(media), account: getTableColumns(accounts) })
    .from(tweets)
    .leftJoin(media, eq(media.tweetId, tweets.id))
    .leftJoin(accounts, row.accountId === null ? sql`false` : eq(accounts.id, row.accountId))
    .where(eq(tweets.postId, id))
    .orderBy(asc(tweets.position), asc(media.position));
  const account = rows[0]?.account ?? undefined;
  const withMedia: (TweetRow & { media: MediaRow[] })[] = [];
  for (const { tweet, image } of rows) {
    if (withMedia.at(-1)?.id !== tweet.id) withMedia.push({ ...tweet, media: [] });
    if (image !== null) withMedia.at(-1)?.media.push(image);
  }
  const content: Content = {
    numbered: row.numbered,
    tweets: withMedia.map((t) => ({ id: t.id, text: t.text, images: t.media.map(imageOf), out: t.state !== "unsent" })),
  };
  return {
    id,
    row,
    account,
    tweets: withMedia,
    content,
    seal: await sealOf(account?.xUserId ?? null, content),
    limit: limitFor(account?.subscriptionType),
  };
}

export const imageOf = ({ id, fileName, mime, width, height, size, sha256, alt }: MediaRow): Image => ({
  id,
  fileName,
  mime,
  width,
  height,
  size,
  sha256,
  alt,
});

/** Room for the new order while the old one still holds its places: positions are unique in a post. */
const ASIDE = 1_000_000;

/**
 * Writes the tweets of a post as `content` has them. Rows keep their ids, so the journal goes on pointing
 * at the same tweet; images move with their tweet. New images must be in the table already (`addMedia`).
 */
export async function writeContent(tx: Tx, postId: PostId, content: Content): Promise<void> {
  const images = content.tweets.flatMap((tweet) => tweet.images.map(({ id }) => id));
  const ofPost = tx.select({ id: tweets.id }).from(tweets).where(eq(tweets.postId, postId));
  // Kept for the versions that have them.
  await tx
    .update(media)
    .set({ tweetId: null })
    .where(and(inArray(media.tweetId, ofPost), notInArray(media.id, images)));
  await tx
    .update(tweets)
    .set({ position: sql`${tweets.position} + ${ASIDE}` })
    .where(eq(tweets.postId, postId));
  for (const [index, tweet] of content.tweets.entries()) {
    const position = index + 1;
    await tx
      .insert(tweets)
      .values({ id: tweet.id, postId, position, text: tweet.text })
      .onConflictDoUpdate({ target: tweets.id, set: { position, text: tweet.text } });
    for (const [at, image] of tweet.images.entries()) {
      await tx
        .update(media)
        .set({ tweetId: tweet.id, position: at + 1 })
        .where(eq(media.id, image.id));
      // What X has of it carries the alt text of before, or is being given it.
      await tx
        .update(media)
        .set({ alt: image.alt, xMediaId: null, xMediaExpiresAt: null, altSet: false })
        .where(and(eq(media.id, image.id), ne(media.alt, image.alt)));
    }
  }
  // What is still aside is not part of the post any more.
  await tx.delete(tweets).where(and(eq(tweets.postId, postId), gt(tweets.position, ASIDE)));
}
