/** Boundaries of characters and words, by the runtime's segmenter. */

/** Some runtimes take quadratic time for a long text, so they get it in windows. */
const WINDOW = 1000;

const segmenters = new Map<"grapheme" | "word", Intl.Segmenter>();

/** The offsets strictly inside `[from, to)` at which a character as people see it starts. */
export function graphemeStarts(text: string, from: number, to: number): number[] {
  return segmentStarts("grapheme", text, from, to);
}

/** The offsets strictly inside `[from, to)` at which a word starts or ends, also in scripts without spaces. */
export function wordStarts(text: string, from: number, to: number): number[] {
  return segmentStarts("word", text, from, to);
}

function segmentStarts(granularity: "grapheme" | "word", text: string, from: number, to: number): number[] {
  const segmenter = segmenterFor(granularity);
  const starts: number[] = [];
  let position = from;
  let size = WINDOW;
  while (position < to) {
    const end = windowEnd(text, position + size, to);
    const indexes = Array.from(segmenter.segment(text.slice(position, end)), (segment) => segment.index);
    const isLast = end === to;
    const last = indexes.at(-1) ?? 0;
    if (!isLast && last === 0) {
      // One segment fills the window: look at more of it.
      size *= 2;
      continue;
    }
    for (const index of indexes) if (position + index > from) starts.push(position + index);
    if (isLast) break;
    // The last segment may go on beyond the window, so the next window starts with it.
    starts.pop();
    position += last;
    size = WINDOW;
  }
  return starts;
}

/** Not between the halves of a surrogate pair, where the first one would look like a character. */
function windowEnd(text: string, end: number, to: number): number {
  if (end >= to) return to;
  return (text.charCodeAt(end) & 0xfc00) === 0xdc00 ? end + 1 : end;
}

function segmenterFor(granularity: "grapheme" | "word"): Intl.Segmenter {
  const known = segmenters.get(granularity);
  if (known !== undefined) return known;
  const made = new Intl.Segmenter("en", { granularity });
  segmenters.set(granularity, made);
  return made;
}
