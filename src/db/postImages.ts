import type { PostId } from "../core/post/id.ts";
import type { Orm } from "./connection.ts";
import { mediaBytes } from "./media.ts";
import { loadPost, type Post } from "./posts.ts";

/** A post with the bytes of every tweet's images, all of one moment: an edit meanwhile shows in none of it. */
export async function loadPostWithImages(
  orm: Orm,
  id: PostId,
): Promise<{ readonly post: Post; readonly images: readonly (readonly Uint8Array[])[] }> {
  return await orm.transaction(
    async (tx) => {
      const post = await loadPost(tx, id);
      const images: Uint8Array[][] = [];
      for (const { media } of post.tweets) {
        const bytes: Uint8Array[] = [];
        for (const image of media) bytes.push(await mediaBytes(tx, image.id));
        images.push(bytes);
      }
      return { post, images };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}
