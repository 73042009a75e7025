/** Cuts one tweet in two where a person says. */
import { PsnError } from "../errors.ts";
import { type EntityKind, findEntities } from "../text/entities.ts";
import { isSpace, trimEnd, trimStart } from "../text/space.ts";
import { graphemeStarts } from "./segments.ts";

const MAX_SHOWN = 60;

const KIND_NAMES: Record<EntityKind, string> = {
  url: "URL",
  mention: "mention",
  hashtag: "hashtag",
  cashtag: "cashtag",
};

/**
 * Cuts a tweet at a UTF-16 offset: what is before and what is after, without the white space around the cut.
 *
 * @throws PsnError `text_invalid` when the offset is outside the tweet, inside a URL, mention, hashtag, cashtag or
 * character, or leaves a half empty. `details`: `offset`, and `nearest`, the nearest offset that works (null: none).
 */
export function splitAt(text: string, offset: number): [string, string] {
  const problem = problemAt(text, offset);
  if (problem === undefined) return [trimEnd(text.slice(0, offset)), trimStart(text.slice(offset))];
  const nearest = nearestCut(text, offset);
  const advice = nearest === undefined ? "this tweet can't be cut anywhere" : `the nearest place to cut is ${nearest}`;
  const next =
    nearest === undefined ? "Leave the tweet whole, or edit its text." : `Run the command again with --at ${nearest}.`;
  throw new PsnError("text_invalid", `Offset ${offset} ${problem}; ${advice}.`, {
    next,
    details: { offset, nearest: nearest ?? null },
  });
}

function problemAt(text: string, offset: number): string | undefined {
  if (!Number.isInteger(offset) || offset < 0 || offset > text.length) {
    return `is outside the tweet, which has ${text.length} characters`;
  }
  const entity = findEntities(text).find(({ start, end }) => start < offset && offset < end);
  if (entity !== undefined) {
    return `is inside the ${KIND_NAMES[entity.kind]} ${shown(text.slice(entity.start, entity.end))}`;
  }
  if (offset > 0 && offset < text.length) {
    const bounds = [0, ...graphemeStarts(text, 0, text.length), text.length];
    const after = bounds.findIndex((bound) => bound > offset);
    if (bounds[after - 1] !== offset)
      return `is inside the character ${shown(text.slice(bounds[after - 1], bounds[after]))}`;
  }
  const { first, last } = contentOf(text);
  return offset <= first || offset > last ? "leaves one half empty" : undefined;
}

/** The cut nearest to the offset, the earlier of two. */
function nearestCut(text: string, offset: number): number | undefined {
  const { first, last } = contentOf(text);
  const entities = findEntities(text);
  const cuts = graphemeStarts(text, 0, text.length).filter(
    (at) => at > first && at <= last && !entities.some(({ start, end }) => start < at && at < end),
  );
  const distance = (at: number) => Math.abs(at - offset);
  return cuts.reduce<number | undefined>(
    (best, at) => (best === undefined || distance(at) < distance(best) ? at : best),
    Number.isNaN(offset) ? cuts[0] : undefined,
  );
}

/** The offsets of the first and the last unit that is not white space; of a blank text, those of nothing. */
function contentOf(text: string): { first: number; last: number } {
  let first = 0;
  while (first < text.length && isSpace(text.charCodeAt(first))) first++;
  let last = text.length - 1;
  while (last > first && isSpace(text.charCodeAt(last))) last--;
  return { first, last };
}

/** A long link or character, shortened for a sentence. */
function shown(part: string): string {
  const points = Array.from(part);
  return points.length <= MAX_SHOWN ? part : `${points.slice(0, MAX_SHOWN).join("")}…`;
}
