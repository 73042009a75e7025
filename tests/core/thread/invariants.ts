/**
 * What every thread must hold, whatever the text. Checked from the outside: entities come from X's own library and
 * characters from the runtime; of psn only the counter is used.
 */
import twitterText from "twitter-text/dist/index.js";
import { weightedLength } from "../../../src/core/text/count.ts";
import { splitIntoThread } from "../../../src/core/thread/split.ts";

interface Span {
  start: number;
  end: number;
  kind: string;
}

interface Content {
  text: string;
  /** The offsets of all units that must come out, in order. */
  kept: number[];
  /** How many kept units precede each manual break. */
  manual: number[];
  /** How many lines in code blocks look like one. */
  markersInCode: number;
}

const SPACE = /[\s\u200B]/;
const FENCE = /^\s*```/;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The broken promises of a split, in words; empty when it keeps them all. */
export function brokenInvariants(raw: string, limit = 280, numbered = false): string[] {
  const tweets = splitIntoThread(raw, { limit, numbered });
  const again = splitIntoThread(raw, { limit, numbered });
  const content = contentOf(raw);
  const problems = again.join("\0") === tweets.join("\0") ? [] : ["not deterministic"];
  problems.push(...tweets.flatMap((tweet, i) => tweetProblems(tweet, i, limit)));
  const bodies = numbered && tweets.length > 1 ? withoutCounters(tweets, problems) : tweets;
  problems.push(...bodies.flatMap((body, i) => bodyProblems(body, i, limit)), ...markerProblems(bodies, content));
  const want = content.kept.map((offset) => content.text[offset]).join("");
  if (bodies.map(withoutSpace).join("") !== want) return [...problems, "content lost, added or reordered"];
  const room = numbered ? limit - ` ${tweets.length}/${tweets.length}`.length : limit;
  return [...problems, ...cutProblems(bodies, content, room)];
}

function tweetProblems(tweet: string, i: number, limit: number): string[] {
  const problems: string[] = [];
  const isOneCharacter = Array.from(tweet.replace(/ \d+\/\d+$/, "")).length === 1;
  if (weightedLength(tweet) > limit && !isOneCharacter) problems.push(`tweet ${i} weighs ${weightedLength(tweet)}`);
  if (twitterText.hasInvalidCharacters(tweet)) problems.push(`tweet ${i} holds a character that X refuses`);
  if (tweet.normalize("NFC") !== tweet || tweet.includes("\r")) problems.push(`tweet ${i} is not normal`);
  return problems;
}

function bodyProblems(body: string, i: number, limit: number): string[] {
  const problems: string[] = [];
  if (withoutSpace(body) === "") problems.push(`tweet ${i} is empty`);
  if (body.trim() !== body) problems.push(`tweet ${i} is not trimmed`);
  // A marker inside a code block that is longer than a tweet reads as a manual break when its tweet stands alone.
  const hasMarker = body.split("\n").some((line) => line.trim() === "---");
  const alone = splitIntoThread(body, { limit });
  if (!hasMarker && (alone.length !== 1 || alone[0] !== body)) problems.push(`tweet ${i} is divided when split alone`);
  return problems;
}

function withoutCounters(tweets: string[], problems: string[]): string[] {
  return tweets.map((tweet, i) => {
    const counter = ` ${i + 1}/${tweets.length}`;
    if (!tweet.endsWith(counter)) problems.push(`tweet ${i} lacks its counter`);
    return tweet.slice(0, -counter.length);
  });
}

/** Lines that read as a manual break come only from code blocks. */
function markerProblems(bodies: string[], { markersInCode }: Content): string[] {
  const published = bodies.flatMap((body) => body.split("\n")).filter((line) => line.trim() === "---").length;
  return published > markersInCode ? ["a manual break is published"] : [];
}

function contentOf(raw: string): Content {
  const text = raw
    .replace(/[\uFEFF\uFFFE\uFFFF]/g, "")
    .replace(/\r\n?/g, "\n")
    .normalize("NFC");
  const kept: number[] = [];
  const manual: number[] = [];
  let markersInCode = 0;
  let isOpen = false;
  let start = 0;
  for (const line of text.split("\n")) {
    if (FENCE.test(line)) isOpen = !isOpen;
    const isMarker = line.trim() === "---";
    if (isMarker && isOpen) markersInCode++;
    if (isMarker && !isOpen) manual.push(kept.length);
    else for (let i = 0; i < line.length; i++) if (!SPACE.test(line.charAt(i))) kept.push(start + i);
    start += line.length + 1;
  }
  return { text, kept, manual, markersInCode };
}

function withoutSpace(text: string): string {
  return text.replace(/[\s\u200B]/g, "");
}

/** `room` is the weight that a tweet's text may have: what is larger by itself may be cut. */
function cutProblems(bodies: string[], { text, kept, manual }: Content, room: number): string[] {
  const whole = joined([...entitiesOf(text), ...graphemesOf(text)]).filter(
    ({ start, end }) => weightedLength(text.slice(start, end)) <= room,
  );
  const insideOf = new Map(whole.flatMap((span) => offsetsInside(span).map((offset) => [offset, span.kind])));
  const problems: string[] = [];
  const cuts = new Set([0, kept.length]);
  let count = 0;
  for (const body of bodies.slice(0, -1)) {
    count += withoutSpace(body).length;
    cuts.add(count);
    const end = (kept[count - 1] ?? -1) + 1;
    const start = kept[count] ?? text.length;
    for (const offset of new Set([end, start])) {
      const kind = insideOf.get(offset);
      if (kind !== undefined) problems.push(`a ${kind} is cut at ${offset}`);
    }
  }
  for (const at of manual) if (!cuts.has(at)) problems.push(`the manual break after ${at} characters is ignored`);
  return problems;
}

/** A link may end inside a character ("#tag" and an accent): together they are what can't be cut. */
function joined(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || span.start >= last.end) result.push({ ...span });
    else last.end = Math.max(last.end, span.end);
  }
  return result;
}

function offsetsInside({ start, end }: Span): number[] {
  return Array.from({ length: end - start - 1 }, (_, i) => start + 1 + i);
}

/** X's library knows the letters of an older Unicode: a link that ends before a newer one is not what X shows today. */
function entitiesOf(text: string): Span[] {
  return twitterText
    .extractEntitiesWithIndices(text, { extractUrlsWithoutProtocol: true })
    .map(({ indices: [start, end] }) => ({ start, end, kind: "link" }))
    .filter(({ start, end }) => !(text.startsWith("#", start) && /^[\p{L}\p{M}]/u.test(text.slice(end, end + 2))));
}

/** White space at the start of a character (before a stray accent) may go like any other. */
function graphemesOf(text: string): Span[] {
  return Array.from(graphemes.segment(text), ({ index, segment }) => ({
    start: index + (segment.length - segment.trimStart().length),
    end: index + segment.length,
    kind: "character",
  }));
}
