/**
 * Finds mentions, hashtags and cashtags.
 *
 * The rules are those of twitter-text 3.1.0 (extractMentionsOrListsWithIndices, extractHashtagsWithIndices,
 * extractCashtagsWithIndices), Copyright 2018 Twitter, Inc. and other contributors, licensed under the Apache License,
 * Version 2.0 (http://www.apache.org/licenses/LICENSE-2.0). Letters and digits are those of the runtime's Unicode.
 */
import { LATIN_ACCENTS } from "./url-characters.ts";

/** `[start, end)` in UTF-16 offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const AT = "[@\\uFF20]";
const NAME = `(${AT}[a-zA-Z0-9_]{1,20}(?:/[a-zA-Z][a-zA-Z0-9_-]{0,24})?)`;
/** After a retweet's "RT" a mention may follow directly; elsewhere a letter or digit makes it an address. */
const BEFORE_NAME = "(?:^|[^a-zA-Z0-9_!#$%&*@\\uFF20]|(?:^|[^a-zA-Z0-9_+~.-])[rR][tT]:?)";
const SPACES = "\\x09-\\x0D\\x20\\x85\\xA0\\u1680\\u180E\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000";
const CASHTAG_END = "(?=$|[\\s!'#%&()*+,\\\\\\-./:;<=>?@[\\]^_{|}~$])";
const HASHTAG_EXTRAS =
  "_\\u200c\\u200d\\ua67e\\u05be\\u05f3\\u05f4\\uff5e\\u301c\\u309b\\u309c\\u30a0\\u30fb\\u3003\\u0f0b\\u0f0c\\xb7";

interface Patterns {
  readonly mention: RegExp;
  readonly notAfterMention: RegExp;
  readonly hashtag: RegExp;
  readonly hashtagCharacter: RegExp;
  readonly hashtagLetter: RegExp;
  readonly cashtag: RegExp;
}

let patterns: Patterns | undefined;

/** Built on first use: compiling them costs more than counting a text without tags. */
function expressions(): Patterns {
  patterns ??= {
    mention: new RegExp(`${BEFORE_NAME}${NAME}`, "g"),
    notAfterMention: new RegExp(`(?:${AT}|[${LATIN_ACCENTS}]|://)`, "y"),
    hashtag: new RegExp(`[#\\uFF03](?![\\uFE0F\\u20E3])[\\p{L}\\p{M}\\p{Nd}${HASHTAG_EXTRAS}]+`, "gu"),
    hashtagCharacter: new RegExp(`^[\\p{L}\\p{M}\\p{Nd}${HASHTAG_EXTRAS}]$`, "u"),
    hashtagLetter: /[\p{L}\p{M}]/u,
    cashtag: new RegExp(`(?:^|[${SPACES}])(\\$[a-z]{1,6}(?:[._][a-z]{1,2})?)${CASHTAG_END}`, "gi"),
  };
  return patterns;
}

/** Mentions (`@name`) and lists (`@name/list`), the sign included. */
export function findMentions(text: string): Span[] {
  if (!/[@\uFF20]/.test(text)) return [];
  const { mention, notAfterMention } = expressions();
  return lastGroups(text, mention).filter(({ end }) => !matchesAt(notAfterMention, text, end));
}

/** `$TICKER`. Amounts like `$25` are none. */
export function findCashtags(text: string): Span[] {
  return text.includes("$") ? lastGroups(text, expressions().cashtag) : [];
}

/** `#tag`, with at least one letter. */
export function findHashtags(text: string): Span[] {
  if (!/[#\uFF03]/.test(text)) return [];
  const { hashtag, hashtagLetter } = expressions();
  const found: Span[] = [];
  let from = 0;
  for (const match of text.matchAll(hashtag)) {
    const start = match.index;
    const end = start + match[0].length;
    if (!hashtagLetter.test(match[0].slice(1)) || !isHashtagBoundary(text, start, from)) continue;
    from = end;
    const isFollowed = /[#\uFF03]/.test(text.charAt(end)) || text.startsWith("://", end);
    if (!isFollowed) found.push({ start, end });
  }
  return found;
}

/** A hashtag starts the text or follows a character (not before `from`) that could not be part of one. */
function isHashtagBoundary(text: string, start: number, from: number): boolean {
  if (start === 0) return true;
  const unit = text.charCodeAt(start - 1);
  const isPair = unit >= 0xdc00 && unit <= 0xdfff && start > 1;
  const before = text.slice(isPair ? start - 2 : start - 1, start);
  if (start - before.length < from || !before.isWellFormed()) return false;
  if (before === "\uFE0E" || before === "\uFE0F") return true;
  return before !== "&" && !expressions().hashtagCharacter.test(before);
}

function matchesAt(sticky: RegExp, text: string, position: number): boolean {
  sticky.lastIndex = position;
  return sticky.test(text);
}

/** The spans of a pattern's one group, which ends where the match ends. */
function lastGroups(text: string, pattern: RegExp): Span[] {
  return Array.from(text.matchAll(pattern), (match) => {
    const end = match.index + match[0].length;
    return { start: end - (match[1] ?? "").length, end };
  });
}
