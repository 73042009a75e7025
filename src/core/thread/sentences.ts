/**
 * Where sentences end. The runtime's segmenter (Unicode UAX #29) proposes; rules then take back what it gets wrong.
 * A wrong boundary is worse than a missed one.
 */
import { isSpace } from "../text/space.ts";
import { BEFORE_NUMBER, MONTHS_AFTER_ORDINAL, NEVER_FINAL, SELDOM_FINAL, SENTENCE_STARTERS } from "./abbreviations.ts";

/** Some runtimes take quadratic time for a long text, so they get it in windows. */
const WINDOW = 1500;
/** No token that matters is longer. */
const CONTEXT = 60;

const CLOSERS = "\"'”’»)\\]」』】）〉》";
const MAY_HAVE_BOUNDARY = /[.!?…\u0589\u061D-\u061F\u06D4\u0700-\u0702\u07F9]|[\u0900-\uFFFF]/;
const ONE_FULL_STOP = new RegExp(`(?:^|[^.])\\.[${CLOSERS}]*$`);
const ELLIPSIS = new RegExp(`(?:\\.\\.|…)[${CLOSERS}]*$`);
const QUOTED_END = /[!?…."]["'”’»」』]$/;
const OPENERS_AT_START = /^["'“‘«‹¿¡([]+/;
const CLOSERS_AT_END = new RegExp(`[.!?…${CLOSERS}]+$`);
const NEXT_WORD = /^["'“‘«‹¿¡([]*([\p{L}\p{N}]+)/u;
const INITIALS = /^\p{Lu}(?:\.\p{Lu})*$/u;
const SPEECH_CONTINUES = /^(?:と|って|という)/;
const DANGLING_CLOSER = /^["'”’»)\]」』】）]+(?:[\s.,;:!?]|$)/;
const HAS_CONTENT = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;
const HASHTAGS_ONLY = /^(?:[#＃][\p{L}\p{M}\p{N}_]+\s*)+$/u;
let leadingEmoji: RegExp | undefined;
let segmenter: Intl.Segmenter | undefined;

/**
 * The offsets in one line at which a new sentence starts, in order, without 0.
 *
 * @param masked the line with every part that is no prose (URLs, mentions, code) made a word of the same length
 */
export function sentenceStarts(line: string, masked: string): number[] {
  if (!MAY_HAVE_BOUNDARY.test(masked)) return [];
  const proposed = new Set([...segmentStarts(masked), ...lowerCaseStarts(masked)]);
  const kept = [...proposed].sort((a, b) => a - b).filter((at) => isBoundary(masked, at));
  return attachTails(line, kept);
}

function segmentStarts(text: string): number[] {
  segmenter ??= new Intl.Segmenter("en", { granularity: "sentence" });
  const starts: number[] = [];
  let from = 0;
  while (from < text.length) {
    const window = text.slice(from, from + WINDOW);
    const isLast = from + WINDOW >= text.length;
    const found = Array.from(segmenter.segment(window), (segment) => segment.index).filter((index) => index > 0);
    for (const index of found) starts.push(from + index);
    if (isLast) break;
    // The end of a window is no boundary: the next one starts at the last that was found.
    from += found.at(-1) ?? wholeWords(window);
  }
  return starts;
}

function wholeWords(window: string): number {
  for (let i = window.length - 1; i > 0; i--) if (isSpace(window.charCodeAt(i))) return i;
  const isPairCut = (window.charCodeAt(window.length - 1) & 0xfc00) === 0xd800;
  return isPairCut ? window.length - 1 : window.length;
}

/** Casual writing has sentences that start in lower case; UAX #29 sees none there. */
function lowerCaseStarts(text: string): number[] {
  const starts: number[] = [];
  for (let dot = text.indexOf("."); dot !== -1; dot = text.indexOf(".", dot + 1)) {
    let next = dot + 1;
    while (isSpace(text.charCodeAt(next))) next++;
    if (next === dot + 1 || !/^\p{Ll}/u.test(text.charAt(next))) continue;
    const token = lastToken(text.slice(Math.max(0, dot - CONTEXT), dot + 1));
    const isWord = /^[\p{L}\p{M}'’-]{2,}$/u.test(token);
    if (isWord && !SELDOM_FINAL.has(token)) starts.push(next);
  }
  return starts;
}

function lastToken(before: string): string {
  const token = /\S+\s*$/.exec(before)?.[0].trim() ?? "";
  return token.replace(OPENERS_AT_START, "").replace(CLOSERS_AT_END, "");
}

function isBoundary(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - CONTEXT), at).trimEnd();
  const after = text.slice(at, at + CONTEXT);
  const next = NEXT_WORD.exec(after)?.[1] ?? "";
  const isLower = /^\p{Ll}/u.test(next);
  if (DANGLING_CLOSER.test(after) || SPEECH_CONTINUES.test(after)) return false;
  if (isLower && (ELLIPSIS.test(before) || QUOTED_END.test(before))) return false;
  if (!ONE_FULL_STOP.test(before)) return true;
  const isLineStart = at <= CONTEXT && /^\s*\S+$/.test(before);
  return !isAbbreviation(lastToken(before), next, isLineStart);
}

/** Whether the full stop after `token` belongs to it, given the word that follows. */
function isAbbreviation(token: string, next: string, isLineStart: boolean): boolean {
  if (NEVER_FINAL.has(token)) return true;
  const isNumberNext = /^\p{N}/u.test(next);
  if (BEFORE_NUMBER.has(token) && isNumberNext) return true;
  if (SELDOM_FINAL.has(token)) return !SENTENCE_STARTERS.has(next);
  if (/^\d{1,3}$/.test(token)) return isLineStart || MONTHS_AFTER_ORDINAL.has(next);
  if (!INITIALS.test(token)) return false;
  // "J. R. R. Tolkien", but "Plan B. The next day".
  return token.length === 1 ? !(token === "I" || SENTENCE_STARTERS.has(next)) : !SENTENCE_STARTERS.has(next);
}

/** Emoji and hashtags after a sentence stay with it, and so does what has no letters at all. */
function attachTails(line: string, starts: readonly number[]): number[] {
  leadingEmoji ??=
    /^(?:(?:[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\u{E0020}-\u{E007F}]|\uFE0F|\u20E3|\u200D)\s*)+/u;
  const attached: number[] = [];
  for (const [i, start] of starts.entries()) {
    const end = starts[i + 1] ?? line.length;
    const segment = line.slice(start, end);
    const emoji = leadingEmoji.exec(segment)?.[0].length ?? 0;
    if (emoji === segment.length || !HAS_CONTENT.test(segment) || HASHTAGS_ONLY.test(segment)) continue;
    attached.push(start + emoji);
  }
  return attached;
}
