import { weightedLength } from "../../core/text/count.ts";
import { invalidRequest, refuse } from "../api/answers.ts";
import type { ApiCall } from "../api/api-call.ts";
import { complaintsAbout } from "../api/body-schema.ts";
import { POST_BODY, type PostBody, readPostBody } from "../api/post-body.ts";
import { cashtags, hasLink, shownText } from "../api/text.ts";
import { historyField, mediaLinkOf } from "../api/tweet-view.ts";
import { bodyText, isRecord, json, mediaType, parseJson, type Reply } from "../http.ts";
import { type Account, textLimit } from "../world/accounts.ts";
import { PRICE } from "../world/billing.ts";
import { kindOf, type StoredMedia } from "../world/media.ts";
import { normalized, type StoredTweet } from "../world/tweets.ts";

/** `POST /2/tweets`: creates a tweet, or a new version of one. There is no idempotency key: every success is a tweet. */
export function createTweet(call: ApiCall): Reply {
  if (mediaType(call.request) !== "application/json") return refuse("content_type");
  const parsed = parseJson(bodyText(call.request));
  if (!parsed.ok) return invalidRequest([{ parameters: {}, message: "The request body is not valid JSON." }]);
  const complaints = complaintsAbout(parsed.value, POST_BODY);
  if (complaints.length > 0 || !isRecord(parsed.value)) return invalidRequest(complaints);
  return create(call, readPostBody(parsed.value));
}

function create(call: ApiCall, body: PostBody): Reply {
  const { world, account, now } = call;
  if (account.suspended) return refuse("account_suspended");
  const text = normalized(body.text);
  const trouble = troubleWithShape(body, text);
  if (trouble !== null) return trouble;

  const media = attached(call, body.mediaIds);
  if (media === null) return refuse("media_invalid");
  if (isMixed(media)) {
    return invalidRequest([{ parameters: {}, message: "Attach 4 photos at most, or one GIF, or one video." }]);
  }
  const parent = body.parentId === null ? null : world.tweets.findLiving(body.parentId);
  if (parent === undefined) return refuse("parent_gone");
  if (parent !== null && !mayReply(account, parent)) return refuse("reply_not_allowed");
  if (body.quotes) return refuse("quote_not_allowed");
  const refusedText = troubleWithText(call, text);
  if (refusedText !== null) return refusedText;
  if (body.previousId !== null) return edit(call, body.previousId, text);

  const { replySettings, paidPartnership, madeWithAi } = body;
  const tweet = world.tweets.create(
    {
      account,
      text,
      parent,
      media: media.map((medium) => ({ media: medium, alt: medium.alt })),
      options: { replySettings, paidPartnership, madeWithAi },
    },
    now,
  );
  return created(call, tweet);
}

/** X: Premium accounts edit their own tweets, five times, within 30 minutes of the first version. */
function edit(call: ApiCall, previousId: string, text: string): Reply {
  const { world, account, now } = call;
  const original = world.tweets.findLiving(previousId);
  const first = original === undefined ? undefined : world.tweets.find(original.history[0] ?? original.id);
  const isOpen =
    first !== undefined && now.getTime() - first.createdAt.getTime() < 30 * 60_000 && first.history.length < 6;
  if (original?.account !== account || textLimit(account) === 280 || !isOpen) return refuse("forbidden_generic");
  return created(call, world.tweets.edit(original, text, now));
}

function created({ world }: ApiCall, tweet: StoredTweet): Reply {
  world.billing.charge(hasLink(tweet.text) ? PRICE.createWithLink : PRICE.create);
  const history = historyField(world.settings.vocabulary === "post" ? "post" : "tweet");
  const { text } = shownText(tweet.id, tweet.text, mediaLinkOf(tweet));
  return json(201, { data: { id: tweet.id, text, [history]: tweet.history } });
}

function troubleWithShape(body: PostBody, text: string): Reply | null {
  if (body.exclusives.length > 1) {
    const message =
      "You can only provide one of poll or quote_tweet_id or direct_message_deep_link or media or card_uri.";
    return invalidRequest([{ parameters: {}, message }]);
  }
  // X: "Required unless media is provided" (document 2.167).
  return text === "" && body.mediaIds.length === 0 ? refuse("invalid_request") : null;
}

function troubleWithText({ world, account, now }: ApiCall, text: string): Reply | null {
  if (weightedLength(text) > textLimit(account)) {
    return refuse(world.settings.tooLongStatus === 400 ? "text_too_long_400" : "text_too_long");
  }
  if (cashtags(text) > 1) return refuse("cashtag_limit");
  const duplicate = world.tweets.duplicateOf(account, text, now, world.settings.duplicateWindowMs);
  return duplicate === undefined ? null : refuse("duplicate");
}

/** Null when one of them can't be used; X does not say which one. */
function attached({ world, account, now }: ApiCall, ids: readonly string[]): StoredMedia[] | null {
  const media = ids.flatMap((id) => {
    const found = world.media.findUsable(id, account, now);
    return found?.category.startsWith("tweet_") === true ? [found] : [];
  });
  return media.length === ids.length ? media : null;
}

function isMixed(media: readonly StoredMedia[]): boolean {
  return media.length > 1 && media.some((medium) => kindOf(medium) !== "photo");
}

/** Self-serve apps answer their own posts, and posts whose author mentioned them (X, manage-tweets/integrate). */
function mayReply(account: Account, parent: StoredTweet): boolean {
  return parent.account === account || new RegExp(`@${account.handle}\\b`, "i").test(parent.text);
}
