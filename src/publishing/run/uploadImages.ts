import { randomUUID } from "node:crypto";
import { PRICES } from "../../core/post/prices.ts";
import { beginCall, endCall, recordSpend } from "../../db/attempts.ts";
import { setSubStatus } from "../../db/claims.ts";
import { mediaBytes, recordAltSet, recordUpload } from "../../db/media.ts";
import type { MediaRow, Post } from "../../db/posts.ts";
import type { XAnswer } from "../../platforms/x/answer.ts";
import { done, type Granted, type Run, type Step } from "./context.ts";
import { afterRefusal } from "./refusals.ts";

/** X forgets an upload after about a day; one with less than this left is made anew. */
const SOON_FORGOTTEN_MS = 10 * 60_000;
/** When X does not say how long it keeps an upload. */
const KEPT_MS = 24 * 3_600_000;
/** An upload of 5 MB on a slow line; nothing is created that a repetition would double. */
const UPLOAD_MS = 60_000;

export type Tweet = Post["tweets"][number];

/** Uploads what a tweet needs, alt texts included, and gives X's ids in the tweet's order. */
export async function uploadImages(run: Run, tweet: Tweet, access: Granted): Promise<Step<string[]>> {
  const ids: string[] = [];
  for (const image of tweet.media) {
    const uploaded = await upload(run, tweet, image, access);
    if (uploaded.kind !== "done") return uploaded;
    ids.push(uploaded.value.id);
    if (image.alt === "" || uploaded.value.altSet) continue;
    const described = await describe(run, tweet, image, uploaded.value.id, access);
    if (described.kind !== "done") return described;
  }
  if (ids.length > 0) await setSubStatus(run.parts.orm, run.post.id, run.lease.token, "media_uploaded");
  return done(ids);
}

async function upload(
  run: Run,
  tweet: Tweet,
  image: MediaRow,
  access: Granted,
): Promise<Step<{ id: string; altSet: boolean }>> {
  const { parts, post, lease } = run;
  const now = parts.now().getTime();
  if (image.xMediaId !== null && (image.xMediaExpiresAt?.getTime() ?? 0) - now > SOON_FORGOTTEN_MS) {
    return done({ id: image.xMediaId, altSet: image.altSet });
  }
  await setSubStatus(parts.orm, post.id, lease.token, "media_uploading");
  await parts.at("before_upload", post.id);
  const bytes = await mediaBytes(parts.orm, image.id);
  const answer = await journaled(run, tweet, "media", access, () =>
    parts.x.uploadImage(
      { accessToken: access.token, timeoutMs: UPLOAD_MS },
      { bytes, mime: image.mime, name: image.fileName },
    ),
  );
  if (answer.kind !== "done") return answer;
  await parts.at("uploaded", post.id);
  const { id, expiresAt } = answer.value;
  await recordUpload(parts.orm, image.id, { xMediaId: id, expiresAt: expiresAt ?? new Date(now + KEPT_MS) });
  return done({ id, altSet: false });
}

/** The alt text is part of what was approved: a tweet does not go out without it. */
async function describe(
  run: Run,
  tweet: Tweet,
  image: MediaRow,
  xMediaId: string,
  access: Granted,
): Promise<Step<void>> {
  const { parts } = run;
  const answer = await journaled(run, tweet, "alt_text", access, () =>
    parts.x.setAltText({ accessToken: access.token }, xMediaId, image.alt),
  );
  if (answer.kind !== "done") return answer;
  await recordAltSet(parts.orm, image.id);
  return done(undefined);
}

/** Makes a call that may be repeated, with its rows in the journal and the ledger. */
async function journaled<T>(
  run: Run,
  tweet: Tweet,
  kind: "media" | "alt_text",
  access: Granted,
  call: () => Promise<XAnswer<T>>,
): Promise<Step<T>> {
  const { parts, post, account, lease } = run;
  const id = randomUUID();
  await beginCall(parts.orm, {
    id,
    postId: post.id,
    tweetId: tweet.id,
    position: tweet.position,
    leaseToken: lease.token,
    kind,
  });
  const answer = await call();
  await parts.limits.note(account.id, answer.rateLimits);
  if (!answer.ok) {
    const { status, code, detail } = answer.failure;
    await endCall(parts.orm, id, { outcome: "refused", httpStatus: status, code, detail });
    return afterRefusal(run, { tweet, position: tweet.position, version: access.version }, answer.failure);
  }
  await endCall(parts.orm, id, { outcome: "sent" });
  if (kind === "alt_text") {
    await recordSpend(parts.orm, {
      accountId: account.id,
      postId: post.id,
      attemptId: id,
      item: kind,
      microUsd: PRICES.altText,
    });
  }
  return done(answer.value);
}
