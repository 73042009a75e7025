import { asc, eq, sql } from "drizzle-orm";
import type { Image } from "../core/post/content.ts";
import type { Queryable, Tx } from "./connection.ts";
import { media, mediaChunks } from "./schema.ts";

/** One chunk is one upload segment; X takes up to 8 MB in one and images end at 5 MB. */
const CHUNK_BYTES = 1024 * 1024;

export async function addMedia(
  tx: Tx,
  place: { readonly postId: string; readonly tweetId: string; readonly position: number },
  image: Image,
  bytes: Uint8Array,
): Promise<void> {
  await tx.insert(media).values({ ...image, ...place });
  for (let index = 0; index * CHUNK_BYTES < bytes.length; index++) {
    const chunk = bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    await tx.insert(mediaChunks).values({ mediaId: image.id, index, bytes: chunk });
  }
}

export async function mediaBytes(db: Queryable, mediaId: string): Promise<Uint8Array> {
  const chunks = await db
    .select({ bytes: mediaChunks.bytes })
    .from(mediaChunks)
    .where(eq(mediaChunks.mediaId, mediaId))
    .orderBy(asc(mediaChunks.index));
  return Buffer.concat(chunks.map((c) => c.bytes));
}

/** X's id of an upload. It may be used until it expires; it says nothing about any tweet. */
export async function recordUpload(
  db: Queryable,
  mediaId: string,
  upload: { xMediaId: string; expiresAt: Date },
): Promise<void> {
  await db
    .update(media)
    .set({ xMediaId: upload.xMediaId, xMediaExpiresAt: upload.expiresAt, altSet: false })
    .where(eq(media.id, mediaId));
}

export async function recordAltSet(db: Queryable, mediaId: string): Promise<void> {
  await db.update(media).set({ altSet: true }).where(eq(media.id, mediaId));
}

/** X no longer takes these uploads: forget them, so that the next try uploads again. */
export async function forgetUploads(db: Queryable, tweetId: string): Promise<void> {
  await db
    .update(media)
    .set({ xMediaId: null, xMediaExpiresAt: null, altSet: sql`false` })
    .where(eq(media.tweetId, tweetId));
}
