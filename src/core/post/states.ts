/** The states of a post: `draft → scheduled → publishing → published | failed`. */
export const POST_STATUSES = ["draft", "scheduled", "publishing", "published", "failed"] as const;
export type PostStatus = (typeof POST_STATUSES)[number];

/** What a status alone does not say. */
export const SUB_STATUSES = [
  "retry_1",
  "retry_2",
  "retry_3",
  "rate_limited",
  "media_uploading",
  "media_uploaded",
  "thread_partial",
  "unconfirmed",
  "needs_reauth",
  "out_of_credits",
  "missed",
] as const;
export type SubStatus = (typeof SUB_STATUSES)[number];

/** A tweet that is out can't be edited; `deleted` was out and was taken back. */
export const TWEET_STATES = ["unsent", "sent", "deleted"] as const;
export type TweetState = (typeof TWEET_STATES)[number];

/** How late a first tweet may go out under the late policy `ask`. */
export const LATE_AFTER_MS = 30 * 60_000;
/** How long after its time a thread that has begun may still go on. */
export const THREAD_CONTINUES_MS = 24 * 3_600_000;
