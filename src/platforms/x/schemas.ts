import { z } from "zod";

/** An id in an answer. psn's own JSON reader keeps long numbers exact as strings; short ones are safe to turn. */
const id = z.union([z.string().regex(/^\d{1,20}$/), z.number().int().nonnegative().transform(String)]);
const ids = z.array(z.union([id, z.literal("")])).nullish();

const url = z.looseObject({
  url: z.string().nullish(),
  expanded_url: z.string().nullish(),
  display_url: z.string().nullish(),
  media_key: z.string().nullish(),
});
const entities = z.looseObject({ urls: z.array(url).nullish() }).nullish();
const note = z.looseObject({ text: z.string(), entities }).nullish();
const references = z.array(z.looseObject({ type: z.string(), id })).nullish();

/**
 * A tweet in either of X's vocabularies. Unknown fields pass. What decides whether a tweet is ours (parent, text,
 * media, time, history) is read strictly: taken for absent, a part that psn can't read would hide a tweet that is out.
 */
const tweet = z.looseObject({
  id,
  text: z.string(),
  created_at: z
    .string()
    .refine((value) => !Number.isNaN(Date.parse(value)))
    .nullish(),
  conversation_id: id.nullish(),
  referenced_tweets: references,
  referenced_posts: references,
  note_tweet: note,
  note_post: note,
  entities,
  attachments: z.looseObject({ media_keys: z.array(z.string()).nullish() }).nullish(),
  edit_history_tweet_ids: ids,
  edit_history_post_ids: ids,
});

export type TweetAnswer = z.infer<typeof tweet>;

/** What X answers to each call, as far as psn reads it. */
export const ANSWERS = {
  me: z.looseObject({
    data: z.looseObject({
      id,
      username: z.string().min(1),
      name: z.string().nullish(),
      subscription_type: z.string().nullish(),
      verified_type: z.string().nullish(),
      protected: z.boolean().nullish(),
    }),
  }),
  createTweet: z.looseObject({ data: z.looseObject({ id, text: z.unknown().optional() }) }),
  getTweet: z.looseObject({ data: tweet }),
  /** Without `data`, only a count of 0 says that there is nothing. */
  ownTimeline: z.union([
    z.looseObject({
      data: z.array(tweet),
      meta: z.looseObject({ next_token: z.string().nullish() }).nullish(),
    }),
    z.looseObject({
      data: z.undefined().optional(),
      meta: z.looseObject({ result_count: z.literal(0), next_token: z.string().nullish() }),
    }),
  ]),
  deleteTweet: z.looseObject({ data: z.looseObject({ deleted: z.boolean() }) }),
  uploadImage: z.looseObject({
    data: z.looseObject({
      id,
      expires_after_secs: z.number().nonnegative().nullish(),
      processing_info: z
        .looseObject({ state: z.string().nullish(), error: z.looseObject({ message: z.string().nullish() }).nullish() })
        .nullish(),
    }),
  }),
} as const;

/** An id that psn sends: X takes 1 to 19 digits. */
const sentId = z.string().regex(/^\d{1,19}$/, "an id of X has 1 to 19 digits");

/** What psn sends, checked before a byte leaves: nothing unknown, nothing empty, no nulls. */
export const REQUESTS = {
  id: sentId,
  createTweet: z
    .strictObject({
      text: z.string(),
      replyTo: sentId.optional(),
      mediaIds: z.array(sentId).max(4, "a tweet takes four images at most").optional(),
    })
    .refine((t) => t.text.trim() !== "" || (t.mediaIds?.length ?? 0) > 0, "a tweet has text or media"),
  ownTimeline: z.strictObject({
    userId: sentId,
    sinceId: sentId.optional(),
    startTime: z.date().optional(),
    maxResults: z.number().int().min(5).max(100).optional(),
    paginationToken: z.string().min(1).optional(),
  }),
  uploadImage: z.strictObject({
    bytes: z.instanceof(Uint8Array).refine((b) => b.byteLength > 0, "the picture is empty"),
    mime: z.string().regex(/^image\/[a-z0-9.+-]+$/, "a media type of an image"),
    name: z.string(),
  }),
  setAltText: z.strictObject({ mediaId: sentId, text: z.string().min(1).max(1000) }),
} as const;
