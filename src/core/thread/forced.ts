/** Breaks of last resort: inside what is longer than a tweet and has no better place. */
import type { Analysed, BreakPoint } from "./breaks.ts";
import { COST } from "./costs.ts";
import { harmOf } from "./harm.ts";
import { insideOf, type Range, weightOf, within } from "./ranges.ts";
import { graphemeStarts } from "./segments.ts";

/** A stretch of more tweets than this gets its inner breaks at fixed distances, for speed. */
const LONG_STRETCH = 20;
/** As many tweets at both ends of a long stretch keep all their breaks, so that it fits its surroundings. */
const FREE_END = 2;

/**
 * `points` (in order, the first and the last are the ends of the text to divide) with breaks between characters added
 * wherever two usable ones are further apart than `room`. Links and characters that weigh at most `whole` stay whole.
 */
export function withForcedBreaks(
  analysed: Analysed,
  points: readonly BreakPoint[],
  room: number,
  whole: number,
): BreakPoint[] {
  const filled = points.slice(0, 1);
  let stretch = points.slice(0, 1);
  for (const point of points.slice(1)) {
    stretch.push(point);
    // A break that does harm is not usable: what is around it is one stretch.
    if (point.cost >= COST.codePoint) continue;
    const start = stretch[0]?.start ?? point.end;
    const isTooLong = weightOf(analysed.weights, { start, end: point.end }) > room;
    for (const [i, next] of stretch.slice(1).entries()) {
      const between = { start: stretch[i]?.start ?? next.end, end: next.end };
      for (const added of isTooLong ? forcedBreaks(analysed, between, room, whole) : []) filled.push(added);
      filled.push(next);
    }
    stretch = [point];
  }
  return filled;
}

function forcedBreaks(analysed: Analysed, range: Range, room: number, whole: number): BreakPoint[] {
  const { text, weights, entities } = analysed;
  const around = { start: range.start - 1, end: range.end };
  const isInEntity = insideOf(within(entities, around).filter((entity) => weightOf(weights, entity) <= whole));
  const graphemes = graphemeStarts(text, range.start, range.end).filter((at) => !isInEntity(at, at));
  const forced: BreakPoint[] = [];
  let start = range.start;
  for (const end of [...graphemes, range.end]) {
    if (weightOf(weights, { start, end }) > whole) {
      for (const at of codePointStarts(text, start, end)) forced.push({ end: at, start: at, cost: COST.codePoint });
    }
    if (end < range.end) forced.push({ end, start: end, cost: COST.grapheme + harmOf(text, end, end) });
    start = end;
  }
  return thinned(forced, weights, range, room);
}

function codePointStarts(text: string, from: number, to: number): number[] {
  const starts: number[] = [];
  for (let at = from; at < to; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) if (at > from) starts.push(at);
  return starts;
}

/** Keeps of a very long stretch all breaks near its ends and, between them, one for each full tweet. */
function thinned(breaks: BreakPoint[], weights: Int32Array, range: Range, room: number): BreakPoint[] {
  const weightAt = (offset: number) => weights[offset] ?? 0;
  if (weightOf(weights, range) <= LONG_STRETCH * room) return breaks;
  const freeUntil = weightAt(range.start) + FREE_END * room;
  const freeFrom = weightAt(range.end) - FREE_END * room;
  const kept: BreakPoint[] = [];
  let tweetStart = range.start;
  for (const [i, point] of breaks.entries()) {
    const next = weightAt(breaks[i + 1]?.end ?? range.end);
    const isFree = weightAt(point.end) <= freeUntil || next >= freeFrom;
    const isFull = next - weightAt(tweetStart) > room;
    if (!isFree && !isFull) continue;
    kept.push(point);
    tweetStart = point.start;
  }
  return kept;
}
