import { PsnError } from "../core/errors.ts";
import { type Seal, shortSeal } from "../core/post/seal.ts";
import type { Post } from "../db/posts.ts";
import { mendsEnded, whyEnded } from "../vault/ended.ts";

export const sealMismatch = (id: string, seal: Seal) =>
  new PsnError("seal_mismatch", `The post's seal is ${shortSeal(seal)} now: it is not what you approved.`, {
    next: `psn show ${id}`,
    details: { seal: shortSeal(seal) },
  });

/** The post's state does not allow what was asked. */
export const wrongState = (post: Post, wanted: string) =>
  new PsnError("wrong_state", `The post is ${describe(post)}; it can't be ${wanted}.`, {
    next: `psn show ${post.id}`,
    details: { status: post.row.status, subStatus: post.row.subStatus },
  });

function describe({ row, tweets }: Post): string {
  const out = tweets.filter((tweet) => tweet.state === "sent").length;
  if (row.status === "published") return "published";
  if (row.status === "publishing") return "being published right now";
  return out > 0 ? `${row.status} with ${out} of ${tweets.length} tweets out` : row.status;
}

export const unresolved = (id: string) =>
  new PsnError("unconfirmed", "X may already have one of its tweets; psn is still finding out.", {
    next: `psn show ${id}`,
  });

export const changedMeanwhile = (id: string) =>
  new PsnError("wrong_state", "The post was changed by another command at the same moment.", {
    next: `psn show ${id}`,
  });

/** `code`: why the sign-in has ended, for `whyEnded`. */
export const signInNeeded = (ended?: { readonly username: string; readonly code: string }) =>
  ended === undefined
    ? new PsnError("sign_in_needed", "No X account is signed in yet.", { next: "psn setup x-auth start" })
    : new PsnError("sign_in_needed", `The sign-in of @${ended.username} has ended: ${whyEnded(ended.code)}.`, {
        next: mendsEnded(ended.code, ended.username),
      });

export const tooLong = (post: Post, n: number, length: number) =>
  new PsnError("tweet_too_long", `Tweet ${n} has ${length} of ${post.limit} characters.`, {
    next: `psn split ${post.id} --tweet ${n} --at OFFSET`,
    details: { tweet: n, length, limit: post.limit },
  });

export const versionNotFound = (id: string, n: number) =>
  new PsnError("version_not_found", `The post has no version ${n}.`, { next: `psn history ${id}` });
