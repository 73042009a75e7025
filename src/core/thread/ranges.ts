/** Parts of a text, and questions about them. */

/** `[start, end)` in UTF-16 offsets. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What a range weighs, by the running weights of its text (see `runningWeights`). */
export function weightOf(weights: Int32Array, { start, end }: Range): number {
  return (weights[end] ?? 0) - (weights[start] ?? 0);
}

/** A test for breaks inside any of some ordered, disjoint ranges; to be asked in the order of the text. */
export function insideOf(ranges: readonly Range[]): (end: number, start: number) => boolean {
  let next = 0;
  return (end, start) => {
    let range = ranges[next];
    while (range !== undefined && range.end <= start) range = ranges[++next];
    return range !== undefined && range.start < end && start < range.end;
  };
}

/** Of an ordered list, what starts after the start of a range and before its end. */
export function within<T extends { readonly start: number }>(list: readonly T[], range: Range): readonly T[] {
  return list.slice(countUntil(list, range.start), countUntil(list, range.end - 1));
}

/** How many of an ordered list start at or before an offset. */
function countUntil(list: readonly { readonly start: number }[], offset: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.start ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
