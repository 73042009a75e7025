import type { QueryRules } from "./query.ts";

/** The two sets of names that X's API goes by; see `Settings.vocabulary`. */
export type Vocabulary = "tweet" | "post";

const shared = [
  "article",
  "attachments",
  "card_uri",
  "community_id",
  "context_annotations",
  "conversation_id",
  "created_at",
  "display_text_range",
  "edit_controls",
  "entities",
  "geo",
  "id",
  "lang",
  "media_metadata",
  "non_public_metrics",
  "organic_metrics",
  "possibly_sensitive",
  "promoted_metrics",
  "public_metrics",
  "reply_settings",
  "scopes",
  "source",
  "suggested_source_links",
  "suggested_source_links_with_counts",
  "text",
  "withheld",
] as const;

const tweetFields = [
  ...shared,
  "author_id",
  "edit_history_tweet_ids",
  "in_reply_to_user_id",
  "note_tweet",
  "referenced_tweets",
];
const tweetExpansions = [
  "article.cover_media",
  "article.media_entities",
  "attachments.media_keys",
  "attachments.media_source_tweet",
  "attachments.poll_ids",
  "author_id",
  "edit_history_tweet_ids",
  "entities.mentions.username",
  "geo.place_id",
  "in_reply_to_user_id",
  "entities.note.mentions.username",
  "referenced_tweets.id",
  "referenced_tweets.id.attachments.media_keys",
  "referenced_tweets.id.author_id",
];

/** In 2.167 the author, the parent and the history are no fields any more but expansions. */
const postFields = [
  ...shared,
  "article_title",
  "matched_media_notes",
  "note_post",
  "note_request_suggestions",
  "paid_partnership",
];
const postExpansions = [
  "article.cover_media",
  "article.media_entities",
  "attachments.media_keys",
  "attachments.media_source_tweet",
  "attachments.poll_ids",
  "author_id",
  "edit_history_post_ids",
  "entities.mentions.username",
  "geo.place_id",
  "in_reply_to_user_id",
  "referenced_posts",
  "username",
];

const mediaFields = [
  "alt_text",
  "duration_ms",
  "height",
  "media_key",
  "non_public_metrics",
  "organic_metrics",
  "preview_image_url",
  "promoted_metrics",
  "public_metrics",
  "type",
  "url",
  "variants",
  "width",
];
const pollFields = ["duration_minutes", "end_datetime", "id", "options", "voting_status"];
const placeFields = ["contained_within", "country", "country_code", "full_name", "geo", "id", "name", "place_type"];

const sharedUserFields = [
  "confirmed_email",
  "connection_status",
  "created_at",
  "description",
  "entities",
  "id",
  "location",
  "name",
  "parody",
  "profile_banner_url",
  "profile_image_url",
  "protected",
  "public_metrics",
  "receives_your_dm",
  "subscription",
  "subscription_type",
  "url",
  "username",
  "verified",
  "verified_followers_count",
  "verified_type",
  "withheld",
];
const tweetUserFields = [...sharedUserFields, "affiliation", "most_recent_tweet_id", "pinned_tweet_id"];
const postUserFields = [...sharedUserFields, "is_identity_verified", "subscribes_to_you"];

const list = (values: readonly string[]) => ({ kind: "list", values }) as const;

/** The parameters that say which fields come back. */
const FIELD_RULES: Record<Vocabulary, QueryRules> = {
  tweet: {
    "tweet.fields": list(tweetFields),
    expansions: list(tweetExpansions),
    "media.fields": list(mediaFields),
    "poll.fields": list(pollFields),
    "user.fields": list(tweetUserFields),
    "place.fields": list(placeFields),
  },
  post: {
    "post.fields": list(postFields),
    expansions: list(postExpansions),
    "user.fields": list(postUserFields),
    "media.fields": list(mediaFields),
    "poll.fields": list(pollFields),
    "place.fields": list(placeFields),
  },
};

export function tweetReadRules(vocabulary: Vocabulary): QueryRules {
  return FIELD_RULES[vocabulary];
}

export function userReadRules(vocabulary: Vocabulary): QueryRules {
  return vocabulary === "tweet"
    ? {
        "user.fields": list(tweetUserFields),
        expansions: list(["affiliation.user_id", "most_recent_tweet_id", "pinned_tweet_id"]),
        "tweet.fields": list(tweetFields),
      }
    : {
        "user.fields": list(postUserFields),
        expansions: list(["affiliation", "most_recent_post_id", "pinned_post_id"]),
        "post.fields": list(postFields),
      };
}

/** Which names a request is read in: the configured ones, or with `both` those that it uses itself. */
export function vocabularyOf(query: URLSearchParams, setting: Vocabulary | "both"): Vocabulary {
  if (setting !== "both") return setting;
  const expansions = query.get("expansions") ?? "";
  return query.has("post.fields") || /(^|,)(referenced_posts|edit_history_post_ids|username)(,|$)/.test(expansions)
    ? "post"
    : "tweet";
}
