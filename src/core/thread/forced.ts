/** Breaks of last resort: inside what is longer than a tweet and has no better place. */
import { type Analysed, type BreakPoint, contextCost, insideOf, weightOf } from "./breaks.ts";
import { COST } from "./costs.ts";
import { graphemeStarts } from "./segments.ts";

/** A stretch of more tweets than this gets its inner breaks at fixed distances, for speed. */
const LONG_STRETCH = 20;
/** As many tweets at both ends of a long stretch keep all their breaks, so that it fits its surroundings. */
const FREE_END = 2;

/**
 * `points` (in order, the first and the last are the ends of the text to divide) with breaks between characters added
 * wherever two of them are further apart than `limit`.
 */
export function withForcedBreaks(analysed: Analysed, points: readonly BreakPoint[], limit: number): BreakPoint[] {
  const filled: BreakPoint[] = [];
  for (const point of points) {
    const previous = filled.at(-1);
    if (previous !== undefined) {
      const between = { start: previous.start, end: point.end };
      if (weightOf(analysed.weights, between) > limit) {
        for (const forced of forcedBreaks(analysed, between.start, between.end, limit)) filled.push(forced);
      }
    }
    filled.push(point);
  }
  return filled;
}

function forcedBreaks(analysed: Analysed, from: number, to: number, limit: number): BreakPoint[] {
  const { text, weights } = analysed;
  const isInEntity = insideOf(analysed.entities.filter((entity) => weightOf(weights, entity) <= limit));
  const graphemes = graphemeStarts(text, from, to).filter((at) => !isInEntity(at, at));
  const forced: BreakPoint[] = [];
  let previous = from;
  for (const at of [...graphemes, to]) {
    if (weightOf(weights, { start: previous, end: at }) > limit) {
      for (const inner of codePointStarts(text, previous, at)) forced.push({ end: inner, start: inner, cost: COST.codePoint });
    }
    if (at < to) forced.push({ end: at, start: at, cost: COST.grapheme + contextCost(text, at, at) });
    previous = at;
  }
  return thinned(forced, weights, from, to, limit);
}

function codePointStarts(text: string, from: number, to: number): number[] {
  const starts: number[] = [];
  for (let at = from; at < to; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) if (at > from) starts.push(at);
  return starts;
}

/** Keeps of a very long stretch all breaks near its ends and, between them, one for each full tweet. */
function thinned(
  breaks: BreakPoint[],
  weights: Int32Array,
  from: number,
  to: number,
  limit: number,
): BreakPoint[] {
  const weightAt = (offset: number) => weights[offset] ?? 0;
  if (weightAt(to) - weightAt(from) <= LONG_STRETCH * limit) return breaks;
  const freeUntil = weightAt(from) + FREE_END * limit;
  const freeFrom = weightAt(to) - FREE_END * limit;
  const kept: BreakPoint[] = [];
  let last: BreakPoint | undefined;
  let candidate: BreakPoint | undefined;
  for (const point of breaks) {
    const weight = weightAt(point.end);
    if (weight <= freeUntil || weight >= freeFrom) {
      if (candidate !== undefined) kept.push(candidate);
      candidate = undefined;
      kept.push(point);
      last = point;
      continue;
    }
    if (candidate !== undefined && weight - weightAt(last?.start ?? from) > limit) {
      kept.push(candidate);
      last = candidate;
    }
    candidate = point;
  }
  return kept;
}
