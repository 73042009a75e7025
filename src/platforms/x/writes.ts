import type { XAnswer } from "./answer.ts";
import type { XProblem } from "./errors/problem.ts";
import type { XSettings } from "./exchange.ts";
import { ANSWERS, REQUESTS } from "./schemas.ts";
import { notSendable, settle } from "./settle.ts";
import type { CreatedTweet, DeletedTweet, XCall } from "./types.ts";

export interface NewTweet {
  /** Empty only with media. */
  readonly text: string;
  /** X's id of the tweet to answer. */
  readonly replyTo?: string;
  /** At most four ids of `uploadImage`. */
  readonly mediaIds?: readonly string[];
}

/**
 * `POST /2/tweets`. X has no idempotency key, so a call whose answer is lost or has no id ends as `ambiguous` and
 * must not be repeated before the account's timeline was read.
 */
export async function createTweet(settings: XSettings, call: XCall, tweet: NewTweet): Promise<XAnswer<CreatedTweet>> {
  const checked = REQUESTS.createTweet.safeParse(tweet);
  if (!checked.success) return notSendable(settings, "createTweet", checked.error);
  const { text, replyTo, mediaIds = [] } = checked.data;
  const json = {
    ...(text === "" ? {} : { text }),
    ...(mediaIds.length === 0 ? {} : { media: { media_ids: mediaIds } }),
    ...(replyTo === undefined ? {} : { reply: { in_reply_to_tweet_id: replyTo } }),
  };
  const request = { call: "createTweet", endpoint: "POST /2/tweets", path: "/2/tweets", body: { json } } as const;
  return (await settle(settings, call, request, { value: toCreated })).answer;
}

/** `DELETE /2/tweets/:id`. A tweet that is gone already counts as deleted. */
export async function deleteTweet(settings: XSettings, call: XCall, id: string): Promise<XAnswer<DeletedTweet>> {
  const checked = REQUESTS.id.safeParse(id);
  if (!checked.success) return notSendable(settings, "deleteTweet", checked.error);
  const request = { call: "deleteTweet", endpoint: "DELETE /2/tweets/:id", path: `/2/tweets/${id}` } as const;
  return (await settle(settings, call, request, { value: toDeleted, refusal: goneAlready })).answer;
}

function toCreated(json: unknown): CreatedTweet | undefined {
  const data = ANSWERS.createTweet.safeParse(json).data?.data;
  if (data === undefined) return undefined;
  return { id: data.id, ...(typeof data.text === "string" ? { text: data.text } : {}) };
}

function toDeleted(json: unknown): DeletedTweet | undefined {
  const data = ANSWERS.deleteTweet.safeParse(json).data?.data;
  return data === undefined ? undefined : { wasGone: !data.deleted };
}

/** A 404 in X's own form; the 404 page of some other server proves nothing. */
function goneAlready(status: number, problem: XProblem): DeletedTweet | undefined {
  return status === 404 && (problem.form === "problem" || problem.form === "legacy") ? { wasGone: true } : undefined;
}
