import { weightedLength } from "../../core/text/count.ts";
import type { Account } from "../world/accounts.ts";
import { kindOf, mediaKey } from "../world/media.ts";
import type { AttachedMedia, StoredTweet } from "../world/tweets.ts";
import type { Vocabulary } from "./fields.ts";
import { listOf } from "./query.ts";
import { type MediaLink, type ShownLink, shownText, truncated } from "./text.ts";
import { userObject } from "./user-view.ts";

/** Which fields a read asked for, and in whose names. */
export interface Wish {
  readonly vocabulary: Vocabulary;
  readonly fields: readonly string[];
  readonly expansions: readonly string[];
  readonly mediaFields: readonly string[];
  readonly userFields: readonly string[];
}

type Fields = Record<string, unknown>;

export function wishOf(query: URLSearchParams, vocabulary: Vocabulary): Wish {
  return {
    vocabulary,
    fields: listOf(query, `${vocabulary}.fields`),
    expansions: listOf(query, "expansions"),
    mediaFields: listOf(query, "media.fields"),
    userFields: listOf(query, "user.fields"),
  };
}

/** A tweet as a read returns it: id, text and history always, the rest when it was asked for and is there. */
export function tweetObject(tweet: StoredTweet, wish: Wish): Fields {
  const post = wish.vocabulary === "post";
  const whole = shownText(tweet.id, tweet.text, mediaLinkOf(tweet));
  const isLong = weightedLength(tweet.text) > 280;
  const asked = (name: string): boolean => wish.fields.includes(name) || wish.expansions.includes(name);
  const object: Fields = {
    id: tweet.id,
    text: isLong ? truncated(tweet.id, tweet.text) : whole.text,
    [historyField(wish.vocabulary)]: tweet.history,
  };
  const optional: readonly (readonly [string, unknown])[] = [
    // X keeps whole seconds here; the id holds the milliseconds.
    ["created_at", new Date(Math.floor(tweet.createdAt.getTime() / 1000) * 1000).toISOString()],
    ["author_id", tweet.account.id],
    ["conversation_id", tweet.conversationId],
    ["in_reply_to_user_id", tweet.parent?.account.id],
    ["reply_settings", tweet.options.replySettings],
    ["possibly_sensitive", false],
    ["lang", "en"],
    ["entities", isLong ? undefined : entities(whole.links)],
    [
      "attachments",
      tweet.media.length > 0 ? { media_keys: tweet.media.map(({ media }) => mediaKey(media)) } : undefined,
    ],
    ["public_metrics", noMetrics(post ? "repost_count" : "retweet_count")],
    ["edit_controls", editControls(tweet)],
    ["paid_partnership", post ? tweet.options.paidPartnership : undefined],
    [post ? "note_post" : "note_tweet", isLong ? { text: whole.text, entities: entities(whole.links) } : undefined],
  ];
  for (const [name, value] of optional) if (value !== undefined && asked(name)) object[name] = value;
  const parents = post ? "referenced_posts" : "referenced_tweets";
  if (tweet.parent !== null && (asked(parents) || asked("referenced_tweets.id"))) {
    object[parents] = [{ type: "replied_to", id: tweet.parent.id }];
  }
  return object;
}

/** The expanded objects that go with tweets; undefined when none was asked for or there is none. */
export function includesOf(tweets: readonly StoredTweet[], wish: Wish): Fields | undefined {
  const includes: Fields = {};
  const add = (name: string, objects: readonly Fields[]): void => {
    if (objects.length > 0) includes[name] = objects;
  };
  if (wish.expansions.includes("attachments.media_keys")) {
    add(
      "media",
      tweets.flatMap((tweet) => tweet.media.map((medium) => mediaObject(medium, wish.mediaFields))),
    );
  }
  if (wish.expansions.includes("author_id")) {
    const authors = new Set<Account>(tweets.map((tweet) => tweet.account));
    add(
      "users",
      [...authors].map((account) => userObject(account, wish.userFields)),
    );
  }
  if (wish.expansions.includes("referenced_tweets.id") || wish.expansions.includes("referenced_posts")) {
    const parents = new Set(
      tweets.flatMap((tweet) => (tweet.parent === null || tweet.parent.deleted ? [] : [tweet.parent])),
    );
    add(
      wish.vocabulary === "post" ? "posts" : "tweets",
      [...parents].map((parent) => tweetObject(parent, wish)),
    );
  }
  return Object.keys(includes).length > 0 ? includes : undefined;
}

export function historyField(vocabulary: Vocabulary): string {
  return vocabulary === "post" ? "edit_history_post_ids" : "edit_history_tweet_ids";
}

/** The link at the end of a text with pictures. */
export function mediaLinkOf(tweet: Pick<StoredTweet, "id" | "account" | "media">): MediaLink | null {
  const [first] = tweet.media;
  if (first === undefined) return null;
  const kind = kindOf(first.media) === "photo" ? "photo" : "video";
  return {
    expandedUrl: `https://x.com/${tweet.account.handle}/status/${tweet.id}/${kind}/1`,
    mediaKeys: tweet.media.map(({ media }) => mediaKey(media)),
  };
}

function noMetrics(reposts: string): Fields {
  return { [reposts]: 0, reply_count: 0, like_count: 0, quote_count: 0, bookmark_count: 0, impression_count: 0 };
}

/** X: five edits within 30 minutes of the first version (docs, fundamentals/edit-posts). */
function editControls(tweet: StoredTweet): Fields {
  return {
    edits_remaining: Math.max(0, 6 - tweet.history.length),
    is_edit_eligible: tweet.parent === null,
    editable_until: new Date(tweet.createdAt.getTime() + 30 * 60_000).toISOString(),
  };
}

function entities(links: readonly ShownLink[]): Fields | undefined {
  return links.length > 0 ? { urls: links } : undefined;
}

function mediaObject({ media, alt }: AttachedMedia, fields: readonly string[]): Fields {
  const object: Fields = { media_key: mediaKey(media), type: kindOf(media) };
  if (alt !== null && fields.includes("alt_text")) object["alt_text"] = alt;
  if (media.pixels !== null && fields.includes("width")) object["width"] = media.pixels.w;
  if (media.pixels !== null && fields.includes("height")) object["height"] = media.pixels.h;
  if (fields.includes("url")) object["url"] = `https://pbs.twimg.com/media/${media.id}.${media.type.split("/")[1]}`;
  return object;
}
