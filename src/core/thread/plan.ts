/** Chooses the breaks of a text all at once, so that their costs add up to the least. */
import { MARKER } from "./blocks.ts";
import type { Analysed, BreakPoint } from "./breaks.ts";
import type { Budget } from "./budget.ts";
import { COST, ORPHAN_WEIGHT } from "./costs.ts";
import { withForcedBreaks } from "./forced.ts";
import { type Range, within } from "./ranges.ts";

/** Larger than any sum of costs, for what can't be avoided: a part that is over the limit by itself. */
const IMPOSSIBLE = 1e9;

/** A text with the places where it may be divided, in order. */
export interface Divisible extends Analysed {
  readonly breaks: readonly BreakPoint[];
}

/**
 * Divides a range of the text into pieces that fit the budget by the text's running weights; `firstNumber` is the
 * number of the first piece. A piece is over its budget only where no break can help, or where one would cut a link or
 * a character that weighs at most `whole`.
 */
export function plan(
  source: Divisible,
  range: Range,
  budget: Budget,
  firstNumber: number,
  whole = budget.least,
): Range[] {
  const natural = [
    { end: range.start, start: range.start, cost: 0 },
    ...within(source.breaks, range),
    { end: range.end, start: range.end, cost: 0 },
  ];
  const points = withForcedBreaks(source, natural, budget.least, whole);
  const origins = cheapestOrigins(source, points, budget, firstNumber);
  const pieces: Range[] = [];
  for (let j = points.length - 1; j > 0; j = origins[j] ?? 0) {
    pieces.push({ start: points[origins[j] ?? 0]?.start ?? range.start, end: points[j]?.end ?? range.end });
  }
  return pieces.reverse();
}

/** For each point the point before it on the cheapest way from the first point. */
function cheapestOrigins(
  { text, weights }: Divisible,
  points: readonly BreakPoint[],
  budget: Budget,
  firstNumber: number,
): Int32Array {
  const last = points.length - 1;
  const startWeights = Int32Array.from(points, (point) => weights[point.start] ?? 0);
  const costs = new Float64Array(points.length);
  const origins = new Int32Array(points.length);
  const numbers = new Int32Array(points.length).fill(firstNumber);
  const limits = new Int32Array(points.length).fill(budget.of(firstNumber));
  let low = 0;
  for (const [j, point] of points.entries()) {
    if (j === 0) continue;
    const endWeight = weights[point.end] ?? 0;
    while (low < j - 1 && endWeight - (startWeights[low] ?? 0) > budget.most) low++;
    let least = Number.POSITIVE_INFINITY;
    let origin = low;
    for (let k = low; k < j; k++) {
      const weight = endWeight - (startWeights[k] ?? 0);
      const limit = limits[k] ?? 1;
      const slack = 1 - weight / limit;
      let cost = (costs[k] ?? 0) + COST.uneven * slack * slack;
      if (weight > limit) cost += IMPOSSIBLE * (weight / limit);
      if (weight < ORPHAN_WEIGHT) {
        if (j === last && k > 0) cost += COST.orphan;
        if (weight === MARKER.length && text.slice(points[k]?.start, point.end) === MARKER) cost += COST.codePoint;
      }
      if (cost < least) {
        least = cost;
        origin = k;
      }
    }
    costs[j] = least + COST.tweet + point.cost;
    origins[j] = origin;
    numbers[j] = (numbers[origin] ?? 0) + 1;
    limits[j] = budget.of(numbers[j] ?? firstNumber);
  }
  return origins;
}
