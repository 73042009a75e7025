import { PsnError } from "../errors.ts";

declare const brand: unique symbol;
/** `p` and eight characters that can't be mistaken for each other: no i, l, o, u. */
export type PostId = string & { readonly [brand]: "PostId" };

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const SHAPE = /^p[0-9a-hjkmnp-tv-z]{8}$/;

/**
 * Random rather than counted, so that an id is never used twice, not even after the database was made
 * anew: job engines remember the ids of old posts.
 */
export function newPostId(random: Uint8Array): PostId {
  let id = "p";
  for (let i = 0; i < 8; i++) id += ALPHABET[(random[i] ?? 0) % 32];
  return id as PostId;
}

/** Reads an id as a person types it. A malformed id is an id that no post has. */
export function parsePostId(text: string): PostId {
  const id = text.trim().toLowerCase();
  if (SHAPE.test(id)) return id as PostId;
  throw postNotFound(text);
}

export function postNotFound(id: string): PsnError {
  return new PsnError("post_not_found", `There is no post ${JSON.stringify(id.slice(0, 40))}.`, {
    next: "psn status",
  });
}
