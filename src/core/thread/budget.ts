/** How much of a tweet's weight its text may take, beside the counter that follows it. */

/** Budgets by the number of a tweet, from 1. */
export interface Budget {
  readonly of: (number: number) => number;
  /** The largest and the smallest of all. */
  readonly most: number;
  readonly least: number;
}

/** The same weight for every tweet. */
export function evenBudget(weight: number): Budget {
  return { of: () => weight, most: weight, least: weight };
}

/** What remains beside " i/n" when n has so many digits. */
export function numberedBudget(limit: number, digitsOfCount: number): Budget {
  const of = (number: number) => Math.max(1, limit - counterLength(digitsOf(number), digitsOfCount));
  return { of, most: of(1), least: of(10 ** digitsOfCount - 1) };
}

/** " i/n", which ends tweet i of n. All of its characters weigh 1. */
export function counter(number: number, count: number): string {
  return ` ${number}/${count}`;
}

export function digitsOf(number: number): number {
  return String(number).length;
}

function counterLength(digitsOfNumber: number, digitsOfCount: number): number {
  return " /".length + digitsOfNumber + digitsOfCount;
}
