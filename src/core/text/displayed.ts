/** A text as X shows it: everything as it is written, except that links are shortened. */
import { type EntityKind, findEntities } from "./entities.ts";

/** A stretch of a text that is one entity, or that lies between two. */
export interface DisplayedPart {
  readonly kind: EntityKind | "plain";
  /** What is in the text. */
  readonly written: string;
  /** What people read. */
  readonly shown: string;
}

/** Characters of a path (its slash and the query included) that are shown whole, and that are left of a longer one. */
const WHOLE_PATH = 16;
const CUT_PATH = 15;

/** The whole text in parts, in its order. */
export function displayedParts(text: string): DisplayedPart[] {
  const parts: DisplayedPart[] = [];
  const add = (kind: DisplayedPart["kind"], written: string) => {
    if (written !== "") parts.push({ kind, written, shown: kind === "url" ? displayedUrl(written) : written });
  };
  let from = 0;
  for (const { kind, start, end } of findEntities(text)) {
    add("plain", text.slice(from, start));
    add(kind, text.slice(start, end));
    from = end;
  }
  add("plain", text.slice(from));
  return parts;
}

export const displayedText = (text: string): string =>
  displayedParts(text)
    .map(({ shown }) => shown)
    .join("");

/**
 * A URL as X's `display_url` has it: without scheme and `www.`, and only the beginning of a long path. X documents no rule;
 * this one is read off recorded answers: nytimes.com/2017/09/27/us/…, youtube.com/watch?v=oHg5SJ…,
 * developer.twitter.com/en/use-cases/s…, and nytimes.com/by/maggie-astor whole.
 */
export function displayedUrl(written: string): string {
  const bare = written.replace(/^https?:\/\//i, "").replace(/^www\./i, "");
  const at = bare.search(/[/?]/);
  if (at < 0) return bare;
  const path = bare.slice(at);
  const host = bare.slice(0, at);
  if (path === "/") return host;
  return path.length <= WHOLE_PATH ? bare : `${host}${path.slice(0, CUT_PATH)}…`;
}
