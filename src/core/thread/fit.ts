/**
 * Divides a text into tweets that are within their budget by the real counter. Running weights are exact for breaks
 * between words, but a cut inside a word can make a URL out of what was none ("/README.md" after its slash), so every
 * finished tweet is counted again and, where it is over, divided once more with less room.
 */
import { weightedLength } from "../text/count.ts";
import { trimSpace } from "../text/space.ts";
import { type Budget, evenBudget } from "./budget.ts";
import { type Divisible, plan } from "./plan.ts";
import type { Range } from "./ranges.ts";
import { graphemeStarts } from "./segments.ts";

/** The tweets of a text; `firstNumber` is the number of the first. */
export function fit(source: Divisible, budget: Budget, firstNumber: number): string[] {
  const tweets: string[] = [];
  for (const piece of plan(source, { start: 0, end: source.text.length }, budget, firstNumber)) {
    const allowed = budget.of(firstNumber + tweets.length);
    const text = source.text.slice(piece.start, piece.end);
    if (weightedLength(text) <= allowed) tweets.push(text);
    else for (const part of fitPiece(source, piece, budget.least, budget.least)) tweets.push(part);
  }
  return tweets;
}

/** `room` is the running weight that was granted, `allowed` the real weight that a tweet may have. */
function fitPiece(source: Divisible, piece: Range, allowed: number, room: number): string[] {
  const text = source.text.slice(piece.start, piece.end);
  const weight = weightedLength(text);
  if (weight <= allowed) return [text];
  const less = Math.min(room - 1, Math.floor((room * allowed) / weight));
  if (less < 1) return cutAnywhere(text, allowed);
  return plan(source, piece, evenBudget(less), 1, allowed).flatMap((part) => fitPiece(source, part, allowed, less));
}

/** For what nothing else can divide: as many characters as fit, or code points where one character is too large. */
function cutAnywhere(text: string, allowed: number): string[] {
  const parts: string[] = [];
  let part = "";
  for (const unit of unitsOf(text, allowed)) {
    if (part !== "" && weightedLength(part + unit) > allowed) {
      parts.push(part);
      part = "";
    }
    part += unit;
  }
  return [...parts, part].map(trimSpace).filter((cut) => cut !== "");
}

function unitsOf(text: string, allowed: number): string[] {
  const bounds = [0, ...graphemeStarts(text, 0, text.length), text.length];
  return bounds.slice(1).flatMap((end, i) => {
    const grapheme = text.slice(bounds[i], end);
    return weightedLength(grapheme) > allowed ? Array.from(grapheme) : [grapheme];
  });
}
