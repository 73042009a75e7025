import { isRecord } from "../http.ts";
import type { BodySchema } from "./body-schema.ts";

const id: BodySchema = { kind: "string", pattern: /^[0-9]{1,19}$/ };
const string: BodySchema = { kind: "string" };
const boolean: BodySchema = { kind: "boolean" };
const replySettings: BodySchema = { kind: "string", oneOf: ["following", "mentionedUsers", "subscribers", "verified"] };

/** The body of `POST /2/tweets`: what documents 2.159 and 2.167 know together. Nothing else passes. */
export const POST_BODY: BodySchema = {
  kind: "object",
  properties: {
    text: string,
    media: {
      kind: "object",
      required: ["media_ids"],
      properties: {
        media_ids: { kind: "array", min: 1, max: 4, items: id },
        tagged_user_ids: { kind: "array", max: 10, items: id },
      },
    },
    reply: {
      kind: "object",
      required: ["in_reply_to_tweet_id"],
      properties: {
        in_reply_to_tweet_id: id,
        exclude_reply_user_ids: { kind: "array", items: id },
        auto_populate_reply_metadata: boolean,
      },
    },
    reply_settings: replySettings,
    poll: {
      kind: "object",
      required: ["options", "duration_minutes"],
      properties: {
        options: { kind: "array", min: 2, max: 4, items: { kind: "string", min: 1, max: 25 } },
        duration_minutes: { kind: "integer", min: 5, max: 10_080 },
        reply_settings: replySettings,
      },
    },
    quote_tweet_id: id,
    edit_options: { kind: "object", required: ["previous_post_id"], properties: { previous_post_id: id } },
    community_id: id,
    geo: { kind: "object", properties: { place_id: string } },
    card_uri: string,
    direct_message_deep_link: string,
    share_with_followers: boolean,
    for_super_followers_only: boolean,
    nullcast: boolean,
    made_with_ai: boolean,
    paid_partnership: boolean,
  },
};

/** Of these a tweet has one at most. */
const EXCLUSIVE = ["poll", "quote_tweet_id", "direct_message_deep_link", "media", "card_uri"];

export interface PostBody {
  readonly text: string;
  readonly mediaIds: readonly string[];
  readonly parentId: string | null;
  readonly quotes: boolean;
  readonly previousId: string | null;
  readonly hasPoll: boolean;
  readonly exclusives: readonly string[];
  readonly replySettings: string;
  readonly madeWithAi: boolean;
  readonly paidPartnership: boolean;
}

/** Reads a body that passed POST_BODY. */
export function readPostBody(body: Record<string, unknown>): PostBody {
  const mediaIds = field(body["media"], "media_ids");
  const parentId = field(body["reply"], "in_reply_to_tweet_id");
  const previousId = field(body["edit_options"], "previous_post_id");
  return {
    text: typeof body["text"] === "string" ? body["text"] : "",
    mediaIds: Array.isArray(mediaIds) ? mediaIds.map(String) : [],
    parentId: typeof parentId === "string" ? parentId : null,
    quotes: "quote_tweet_id" in body,
    previousId: typeof previousId === "string" ? previousId : null,
    hasPoll: "poll" in body,
    exclusives: EXCLUSIVE.filter((name) => name in body),
    replySettings: typeof body["reply_settings"] === "string" ? body["reply_settings"] : "everyone",
    madeWithAi: body["made_with_ai"] === true,
    paidPartnership: body["paid_partnership"] === true,
  };
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
