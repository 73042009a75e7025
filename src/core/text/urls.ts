/**
 * Finds the URLs that X shortens to t.co links, with and without `https://`.
 *
 * The rules are those of twitter-text 3.1.0 (extractUrlsWithIndices, regexp/extractUrl), Copyright 2018 Twitter, Inc.
 * and other contributors, licensed under the Apache License, Version 2.0 (http://www.apache.org/licenses/LICENSE-2.0).
 * Its one regular expression is quadratic in texts without spaces, so this scanner works outwards from the dots:
 * linear, and the same result.
 */
import { asciiDomains, isEncodableDomain } from "./domains.ts";
import { type Candidate, DottedName } from "./dotted-name.ts";
import { isDigit, isInDottedName } from "./url-characters.ts";
import { pathEnd, queryEnd } from "./url-path.ts";

const MAX_URL_LENGTH = 4096;
const MAX_TCO_SLUG_LENGTH = 40;
const DEFAULT_PROTOCOL_LENGTH = "https://".length;
const TCO_URL = /^https?:\/\/t\.co\/([a-z0-9]+)/i;

/** One URL, `[start, end)` in UTF-16 offsets. */
export interface UrlSpan {
  readonly start: number;
  readonly end: number;
  /**
   * How many units from `start` X's counter covers with the 23. It is less than the span only where foreign labels
   * follow a linked name ("a.com.例.みんな/x").
   */
  readonly counted: number;
}

/** All URLs in the order of the text. They never overlap. */
export function findUrls(text: string): UrlSpan[] {
  const urls: UrlSpan[] = [];
  let from = 0;
  let dot = text.indexOf(".");
  while (dot !== -1) {
    let start = dot;
    while (start > from && isInDottedName(text.charCodeAt(start - 1))) start--;
    let end = dot + 1;
    while (isInDottedName(text.charCodeAt(end))) end++;
    const name = new DottedName(text, start, end);
    for (let found = name.next(from); found !== undefined; found = name.next(from)) {
      from = acceptUrl(text, found, urls);
    }
    dot = text.indexOf(".", Math.max(end, from));
  }
  return urls;
}

/** Adds what X links of the candidate and returns where the search goes on. */
function acceptUrl(text: string, candidate: Candidate, urls: UrlSpan[]): number {
  let end = candidate.end;
  if (text.charAt(end) === ":" && isDigit(text.charCodeAt(end + 1))) {
    end++;
    while (isDigit(text.charCodeAt(end))) end++;
  }
  const hasPath = text.charAt(end) === "/";
  if (hasPath) end = pathEnd(text, end);
  end = queryEnd(text, end);

  const start = candidate.protocol ?? candidate.start;
  const domain = text.slice(candidate.start, candidate.end);
  const protocolLength = candidate.protocol === undefined ? DEFAULT_PROTOCOL_LENGTH : candidate.start - start;
  if (protocolLength + (end - start) > MAX_URL_LENGTH || !isEncodableDomain(domain)) return end;

  if (candidate.protocol !== undefined) {
    const tcoEnd = endOfTcoUrl(text.slice(start, end));
    if (tcoEnd !== undefined) urls.push({ start, end: start + tcoEnd, counted: tcoEnd });
    return end;
  }
  if (start > 0 && "-_./".includes(text.charAt(start - 1))) return end;
  const names = asciiDomains(domain).map((part) => domain.slice(part.start, part.end));
  let searched = 0;
  for (const [i, name] of names.entries()) {
    // X looks the name up in the domain again, so it may link an earlier place that reads the same.
    const at = domain.indexOf(name, searched);
    searched = at + name.length;
    const hasRest = hasPath && i === names.length - 1;
    const counted = name.length + (hasRest ? end - candidate.end : 0);
    urls.push({ start: start + at, end: hasRest ? end : start + searched, counted });
  }
  return end;
}

/** X's own short links take no further path. Undefined: a slug that X can't have made, so no URL at all. */
function endOfTcoUrl(url: string): number | undefined {
  const match = TCO_URL.exec(url);
  if (match === null) return url.length;
  if ((match[1] ?? "").length > MAX_TCO_SLUG_LENGTH) return undefined;
  return queryEnd(url, match[0].length);
}
