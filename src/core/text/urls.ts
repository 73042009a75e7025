/**
 * Finds the URLs that X shortens to t.co links, with and without `https://`.
 *
 * The rules are those of twitter-text 3.1.0 (extractUrlsWithIndices, regexp/extractUrl), Copyright 2018 Twitter, Inc.
 * and other contributors, licensed under the Apache License, Version 2.0 (http://www.apache.org/licenses/LICENSE-2.0).
 * Its one regular expression is quadratic in texts without spaces, so this scanner works outwards from the dots:
 * linear, and the same result.
 */
import { asciiDomains, isEncodableDomain, tldEnd } from "./domains.ts";
import {
  canEndPath,
  canEndQuery,
  canPrecedeUrl,
  isDigit,
  isDomainCharacter,
  isInDottedName,
  isPathCharacter,
  isQueryCharacter,
} from "./url-characters.ts";

const MAX_URL_LENGTH = 4096;
const MAX_TCO_SLUG_LENGTH = 40;
const DEFAULT_PROTOCOL_LENGTH = "https://".length;
const PROTOCOL_AT_END = /https?:\/\/$/i;
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

/** A dotted name that may be a URL: where it starts, where it ends, and where its protocol starts if it has one. */
interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly protocol: number | undefined;
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

/** A maximal run of labels and dots, and the domains in it. */
class DottedName {
  readonly #text: string;
  readonly #start: number;
  readonly #dots: number[] = [];
  /** For each dot: the end of the top-level domain after it, or -1. */
  readonly #tldEnds: number[] = [];
  /** For each dot: the furthest later dot that ends a domain begun before this one, or -1. */
  readonly #reaches: number[] = [];
  /** Before this dot nothing is left to find. */
  #cursor = 0;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#start = start;
    for (let dot = text.indexOf(".", start); dot !== -1 && dot < end; dot = text.indexOf(".", dot + 1)) {
      this.#dots.push(dot);
      this.#tldEnds.push(tldEnd(text, dot + 1));
      this.#reaches.push(-1);
    }
    for (let i = this.#dots.length - 2; i >= 0; i--) this.#reaches[i] = this.#reach(i);
  }

  #reach(i: number): number {
    const labelStart = (this.#dots[i] ?? 0) + 1;
    const labelEnd = this.#dots[i + 1] ?? 0;
    const isLabel = this.#isLabelEdge(labelStart) && this.#isLabelEdge(labelEnd - 1);
    if (!isLabel) return -1;
    const further = this.#reaches[i + 1] ?? -1;
    if (further !== -1) return further;
    // The name before a top-level domain has no underscore; subdomains may.
    const ends = this.#tldEnds[i + 1] !== -1 && !this.#text.slice(labelStart, labelEnd).includes("_");
    return ends ? i + 1 : -1;
  }

  #isLabelEdge(position: number): boolean {
    return isDomainCharacter(this.#text.charCodeAt(position));
  }

  /** The next domain; the character that precedes it is not before `from`, which never falls. */
  next(from: number): Candidate | undefined {
    for (; this.#cursor < this.#dots.length; this.#cursor++) {
      const dot = this.#dots[this.#cursor] ?? 0;
      if (dot < from || !this.#isLabelEdge(dot - 1)) continue;
      const found = this.#firstInLabel(this.#cursor, dot, from);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #firstInLabel(i: number, dot: number, from: number): Candidate | undefined {
    const reach = this.#reaches[i] ?? -1;
    const end = this.#tldEnds[reach === -1 ? i : reach] ?? -1;
    if (end === -1) return undefined;
    const labelStart = i === 0 ? this.#start : (this.#dots[i - 1] ?? 0) + 1;
    const underscore = reach === -1 ? this.#text.slice(labelStart, dot).lastIndexOf("_") : -1;
    const lowest = labelStart + underscore + 1;
    if (lowest === this.#start && this.#isLabelEdge(lowest)) {
      const protocol = this.#protocolBefore(lowest, from);
      if (protocol !== undefined) return { start: lowest, end, protocol };
    }
    // At the start of a text nothing need precede the name, but X's expression prefers that something does.
    const isAtStart = lowest === 0 && from === 0;
    if (isAtStart && !this.#canStart(1, dot) && this.#isLabelEdge(0)) return { start: 0, end, protocol: undefined };
    for (let start = Math.max(lowest, from + 1); start < dot; start++) {
      if (this.#canStart(start, dot)) return { start, end, protocol: undefined };
    }
    return undefined;
  }

  #canStart(start: number, dot: number): boolean {
    return start < dot && canPrecedeUrl(this.#text.charCodeAt(start - 1)) && this.#isLabelEdge(start);
  }

  #protocolBefore(position: number, from: number): number | undefined {
    const floor = Math.max(from, position - DEFAULT_PROTOCOL_LENGTH);
    const match = PROTOCOL_AT_END.exec(this.#text.slice(floor, position));
    if (match === null) return undefined;
    const protocol = floor + match.index;
    const isFree = protocol === 0 || (protocol > from && canPrecedeUrl(this.#text.charCodeAt(protocol - 1)));
    return isFree ? protocol : undefined;
  }
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

/**
 * The end of the path that starts with the `/` at `start`. Balanced parentheses, at most two deep, belong to it when
 * something that may end a path follows them or they follow it directly.
 */
function pathEnd(text: string, start: number): number {
  let end = start + 1;
  for (let position = end; ; ) {
    if (text.charAt(position) === "(") {
      const close = parenthesesEnd(text, position, 2);
      if (close === undefined) return end;
      if (position === end) end = close;
      position = close;
    } else {
      const unit = text.charCodeAt(position);
      if (!isPathCharacter(unit)) return end;
      position++;
      if (canEndPath(unit)) end = position;
    }
  }
}

function parenthesesEnd(text: string, open: number, depth: number): number | undefined {
  let position = open + 1;
  let hasInner = false;
  while (isPathCharacter(text.charCodeAt(position))) position++;
  if (text.charAt(position) === "(" && depth > 1) {
    const inner = parenthesesEnd(text, position, depth - 1);
    if (inner === undefined) return undefined;
    hasInner = true;
    position = inner;
    while (isPathCharacter(text.charCodeAt(position))) position++;
  }
  const isEmpty = !hasInner && position === open + 1;
  return text.charAt(position) === ")" && !isEmpty ? position + 1 : undefined;
}

function queryEnd(text: string, start: number): number {
  if (text.charAt(start) !== "?") return start;
  let end = start;
  let position = start + 1;
  for (let unit = text.charCodeAt(position); isQueryCharacter(unit); unit = text.charCodeAt(position)) {
    position++;
    if (canEndQuery(unit)) end = position;
  }
  return end;
}
