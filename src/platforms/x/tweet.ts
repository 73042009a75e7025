import type { TweetAnswer } from "./schemas.ts";
import type { XTweet } from "./types.ts";

type UrlAnswer = { url?: string | null | undefined; media_key?: unknown; display_url?: string | null | undefined };

/** Brings a tweet in either vocabulary into psn's one shape. */
export function toXTweet(answer: TweetAnswer): XTweet {
  const note = answer.note_tweet ?? answer.note_post;
  const entities = [...(answer.entities?.urls ?? []), ...(note?.entities?.urls ?? [])];
  const links = entities.filter((e) => !isMediaLink(e));
  const mediaLinks = entities.filter(isMediaLink).flatMap((e) => e.url ?? []);
  const mediaCount = countMedia(answer, entities);
  const repliedTo = [...(answer.referenced_tweets ?? []), ...(answer.referenced_posts ?? [])].find(
    (r) => r.type === "replied_to",
  )?.id;
  const urls = links.flatMap((e) => (e.url ? [{ url: e.url, expandedUrl: e.expanded_url ?? e.url }] : []));
  const history = answer.edit_history_tweet_ids ?? answer.edit_history_post_ids ?? [];
  return {
    id: answer.id,
    text: withoutMediaLink(note?.text ?? answer.text, { mediaCount, mediaLinks, links: urls.map((u) => u.url) }),
    ...(answer.created_at ? { createdAt: new Date(answer.created_at) } : {}),
    ...(repliedTo === undefined ? {} : { repliedTo }),
    ...(answer.conversation_id ? { conversationId: answer.conversation_id } : {}),
    // A long post lists a link in both places.
    urls: [...new Map(urls.map((u) => [u.url, u])).values()],
    mediaCount,
    // X has been seen to send [""].
    editHistoryIds: history.filter((id) => id !== ""),
  };
}

/** X lists the t.co link of attached media among the links, once for each picture, shown as `pic.x.com/…`. */
function isMediaLink(entity: UrlAnswer): boolean {
  return Boolean(entity.media_key) || /^pic\.(x|twitter)\.com\//.test(entity.display_url ?? "");
}

function countMedia(answer: TweetAnswer, entities: readonly UrlAnswer[]): number {
  const attached = answer.attachments?.media_keys?.length ?? 0;
  if (attached > 0) return attached;
  return new Set(entities.filter(isMediaLink).map((e) => e.media_key ?? e.url)).size;
}

/** Takes off the one t.co link at the end that stands for the media; a link of the author's stays. */
function withoutMediaLink(
  text: string,
  { mediaCount, mediaLinks, links }: { mediaCount: number; mediaLinks: readonly string[]; links: readonly string[] },
): string {
  const last = text.match(/\s*(https:\/\/t\.co\/\w+)\s*$/);
  const url = last?.[1];
  if (last === null || url === undefined || mediaCount === 0) return text;
  const isOfMedia = mediaLinks.includes(url) || !links.includes(url);
  return isOfMedia ? text.slice(0, last.index) : text;
}
