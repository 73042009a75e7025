import { findEntities } from "../../core/text/entities.ts";
import { shortLink } from "../world/ids.ts";

/** A link in a text as X returns it: `start` and `end` count code points of the returned text. */
export interface ShownLink {
  readonly start: number;
  readonly end: number;
  readonly url: string;
  readonly expanded_url: string;
  readonly display_url: string;
  readonly media_key?: string;
}

export interface ShownText {
  readonly text: string;
  readonly links: readonly ShownLink[];
}

/** What one tweet's media link stands for. */
export interface MediaLink {
  readonly expandedUrl: string;
  readonly mediaKeys: readonly string[];
}

export function hasLink(text: string): boolean {
  return findEntities(text).some((entity) => entity.kind === "url");
}

export function cashtags(text: string): number {
  return findEntities(text).filter((entity) => entity.kind === "cashtag").length;
}

/**
 * The text as X gives it back: `&`, `<` and `>` escaped, every detected URL replaced by a t.co link,
 * and one more t.co link at the end for the media.
 */
export function shownText(tweetId: string, text: string, media: MediaLink | null): ShownText {
  const links: ShownLink[] = [];
  let shown = "";
  let length = 0;
  const append = (piece: string): void => {
    shown += piece;
    length += [...piece].length;
  };
  const appendLink = (place: string, expanded: string, display: string, mediaKey?: string): void => {
    const url = shortLink(tweetId, place);
    const link = { start: length, end: length + url.length, url, expanded_url: expanded, display_url: display };
    links.push(mediaKey === undefined ? link : { ...link, media_key: mediaKey });
  };

  let from = 0;
  for (const entity of findEntities(text)) {
    if (entity.kind !== "url") continue;
    append(escapeText(text.slice(from, entity.start)));
    const written = text.slice(entity.start, entity.end);
    const place = `${entity.start}`;
    appendLink(place, withScheme(written), displayed(written));
    append(shortLink(tweetId, place));
    from = entity.end;
  }
  append(escapeText(text.slice(from)));

  if (media !== null) {
    if (shown !== "") append(" ");
    const url = shortLink(tweetId, "media");
    for (const key of media.mediaKeys)
      appendLink("media", media.expandedUrl, url.replace("https://t.co", "pic.x.com"), key);
    append(url);
  }
  return { text: shown, links };
}

/** The start of a long post, as X puts it into `text`; the whole is in `note_tweet` or `note_post`. */
export function truncated(tweetId: string, text: string): string {
  return `${[...escapeText(text)].slice(0, 255).join("")}… ${shortLink(tweetId, "note")}`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function withScheme(written: string): string {
  return /^https?:\/\//i.test(written) ? written : `http://${written}`;
}

function displayed(written: string): string {
  const bare = written.replace(/^https?:\/\/(www\.)?/i, "");
  return bare.length > 27 ? `${bare.slice(0, 26)}…` : bare;
}
