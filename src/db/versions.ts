import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { Content } from "../core/post/content.ts";
import type { Queryable, Tx } from "./connection.ts";
import { imageOf, type Post } from "./posts.ts";
import { media, type StoredTweet, versions } from "./schema.ts";

/** What made a version; `known` is how psn found a post when it began to keep versions. */
export type VersionKind = "drafted" | "edited" | "replaced" | "reverted" | "known";

/** A version in a list. */
export interface VersionNote {
  readonly n: number;
  readonly at: Date;
  readonly how: string;
  readonly tweets: number;
  readonly images: number;
  /** Of the first tweet, at most 200 characters. */
  readonly beginning: string;
  /** As it was shown then, whole; null where it is not known. */
  readonly seal: string | null;
}

/** Keeps what the post has now. Its row must be locked, or new: versions are numbered one by one. */
export async function keepVersion(tx: Tx, { id, content, seal }: Post, how: VersionKind): Promise<void> {
  const tweets: StoredTweet[] = content.tweets.map((tweet) => ({
    id: tweet.id,
    text: tweet.text,
    images: tweet.images.map((image) => ({ id: image.id, alt: image.alt })),
  }));
  const n = sql`(select coalesce(max(v.n), 0) + 1 from ${versions} v where v.post_id = ${id})`;
  await tx.insert(versions).values({ postId: id, n, how, numbered: content.numbered, tweets, seal });
}

/** Newest first. They are numbered from 1 without a gap. */
export async function listVersions(db: Queryable, postId: string): Promise<VersionNote[]> {
  return await db
    .select({
      n: versions.n,
      at: versions.at,
      how: versions.how,
      seal: versions.seal,
      tweets: sql<number>`jsonb_array_length(${versions.tweets})`,
      images: sql<number>`(select coalesce(sum(jsonb_array_length(t -> 'images')), 0)::int
        from jsonb_array_elements(${versions.tweets}) t)`,
      beginning: sql<string>`coalesce(left(${versions.tweets} -> 0 ->> 'text', 200), '')`,
    })
    .from(versions)
    .where(eq(versions.postId, postId))
    .orderBy(desc(versions.n));
}

export interface Version {
  readonly n: number;
  readonly at: Date;
  readonly how: string;
  readonly seal: string | null;
  readonly content: Content;
}

/** One version with its images; no tweet of it counts as out. Undefined when there is none of this number. */
export async function loadVersion(db: Queryable, postId: string, n: number): Promise<Version | undefined> {
  const [row] = await db
    .select()
    .from(versions)
    .where(and(eq(versions.postId, postId), eq(versions.n, n)));
  if (row === undefined) return undefined;
  const ids = row.tweets.flatMap(({ images }) => images.map(({ id }) => id));
  const found = ids.length === 0 ? [] : await db.select().from(media).where(inArray(media.id, ids));
  const known = new Map(found.map((image) => [image.id, imageOf(image)]));
  const tweets = row.tweets.map(({ id, text, images }) => ({
    id,
    text,
    images: images.flatMap(({ id: image, alt }) => {
      const stored = known.get(image);
      return stored === undefined ? [] : [{ ...stored, alt }];
    }),
    out: false,
  }));
  return { n, at: row.at, how: row.how, seal: row.seal, content: { numbered: row.numbered, tweets } };
}
