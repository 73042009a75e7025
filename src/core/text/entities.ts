/** What X turns into a link: URLs, mentions, hashtags and cashtags. */
import { findCashtags, findHashtags, findMentions, type Span } from "./tags.ts";
import { findUrls } from "./urls.ts";

export type EntityKind = "url" | "mention" | "hashtag" | "cashtag";

/** A link that X makes of a part of the text, `[start, end)` in UTF-16 offsets, its sign or protocol included. */
export interface Entity extends Span {
  readonly kind: EntityKind;
}

/** All entities in the order of the text. They never overlap: the one that starts first wins, of two a URL. */
export function findEntities(text: string): Entity[] {
  const all = [
    ...entitiesOf("url", findUrls(text)),
    ...entitiesOf("mention", findMentions(text)),
    ...entitiesOf("hashtag", findHashtags(text)),
    ...entitiesOf("cashtag", findCashtags(text)),
  ].sort((a, b) => a.start - b.start);
  let end = 0;
  return all.filter((entity) => {
    if (entity.start < end) return false;
    end = entity.end;
    return true;
  });
}

/** Whether X would shorten anything in the text to a link, which makes the post cost thirteen times as much. */
export function hasUrl(text: string): boolean {
  return findUrls(text).length > 0;
}

/** The URLs as they are written, in the order of the text. `README.md` and `ASP.NET` are URLs to X. */
export function urlsOf(text: string): string[] {
  return findUrls(text).map(({ start, end }) => text.slice(start, end));
}

function entitiesOf(kind: EntityKind, spans: readonly Span[]): Entity[] {
  return spans.map(({ start, end }) => ({ kind, start, end }));
}
