/** All places where a text may be divided without harm, and how much each hurts. */
import type { Entity } from "../text/entities.ts";
import { isSpace } from "../text/space.ts";
import { blocksOf, proseLinesOf } from "./blocks.ts";
import { COST } from "./costs.ts";
import { harmOf } from "./harm.ts";
import { insideOf, weightOf } from "./ranges.ts";
import { graphemeStarts, wordStarts } from "./segments.ts";
import { sentenceStarts } from "./sentences.ts";

/** The left part ends at `end`, the right one starts at `start`; the white space between them goes. */
export interface BreakPoint {
  readonly end: number;
  readonly start: number;
  readonly cost: number;
}

/** A text without white space around it, and what X sees in it. */
export interface Analysed {
  readonly text: string;
  readonly entities: readonly Entity[];
  /** See `runningWeights`. */
  readonly weights: Int32Array;
}

const INLINE_CODE = /`[^`\n]+`/g;
const UNSPACED = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]/;
const CLAUSE_END = /[,;:—–…)\]、，；：،؛।]/;
const CLAUSE_START = /[—–(]/;
/** Signs that don't start a line in any script that has them. */
const NO_START =
  /[\p{Pe}\p{Pf}\p{M}、。，．！？：；…‥・ー々〻ゝゞヽヾ％ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶๆฯ]/u;
const NO_END = /[\p{Ps}\p{Pi}]/u;
const LONE_SIGN = /[!?:;%»]/;
/** From here on, a full stop can end a sentence without a space after it. */
const FIRST_FOREIGN_STOP = "\u0590";
const NO_BREAK_SPACES = /^[\u00A0\u202F\u2007\uFEFF]+$/;

/** The places between words, in order. `limit` is the weight of a tweet: larger blocks can't be kept whole. */
export function findBreaks(analysed: Analysed, limit: number): BreakPoint[] {
  const { text, weights } = analysed;
  const sentences = sentenceFlags(analysed);
  const words = unspacedStarts(text);
  const isInEntity = insideOf(analysed.entities.filter((entity) => weightOf(weights, entity) <= limit));
  const isInBlock = insideOf(blocksOf(text).filter((block) => weightOf(weights, block) <= limit));
  const breaks: BreakPoint[] = [];
  const add = (end: number, start: number, cost: number) => {
    if (isInEntity(end, start)) return;
    breaks.push({ end, start, cost: cost + harmOf(text, end, start) + (isInBlock(end, start) ? COST.block : 0) });
  };
  let nextWord = 0;
  for (let i = 1; i < text.length; i++) {
    while ((words[nextWord] ?? text.length) < i) nextWord++;
    if (isSpace(text.charCodeAt(i))) {
      const end = i;
      while (isSpace(text.charCodeAt(i + 1))) i++;
      add(end, i + 1, spaceCost(text, end, i + 1, sentences));
    } else if (!isSpace(text.charCodeAt(i - 1))) {
      const cost = gluedCost(text, i, sentences[i] === 1, words[nextWord] === i);
      if (cost !== undefined) add(i, i, cost);
    }
  }
  return breaks;
}

function spaceCost(text: string, end: number, start: number, sentences: Uint8Array): number {
  const gap = text.slice(end, start);
  const firstNewline = gap.indexOf("\n");
  if (firstNewline !== -1) return gap.indexOf("\n", firstNewline + 1) === -1 ? COST.line : COST.paragraph;
  if (sentences[start] === 1) return COST.sentence;
  const before = text.charAt(end - 1);
  const after = text.charAt(start);
  const isAlone = start + 1 >= text.length || isSpace(text.charCodeAt(start + 1));
  if (NO_BREAK_SPACES.test(gap) || before === "«" || (LONE_SIGN.test(after) && isAlone)) return COST.bound;
  return CLAUSE_END.test(before) || CLAUSE_START.test(after) ? COST.clause : COST.word;
}

/** A break without white space: scripts without spaces have them. Undefined: none here. */
function gluedCost(text: string, at: number, isSentence: boolean, isWord: boolean): number | undefined {
  if (!isSentence && !isWord) return undefined;
  const before = text.charAt(at - 1);
  const after = text.charAt(at);
  if (isSentence && before >= FIRST_FOREIGN_STOP) return COST.sentence;
  if (!isWord || !UNSPACED.test(before + after) || NO_START.test(after) || NO_END.test(before)) return undefined;
  return CLAUSE_END.test(before) ? COST.clause : COST.word;
}

/** Where words start in what is written without spaces, in order. */
function unspacedStarts(text: string): number[] {
  const starts: number[] = [];
  const unspaced = new RegExp(UNSPACED, "g");
  for (let found = unspaced.exec(text); found !== null; found = unspaced.exec(text)) {
    let from = found.index;
    if (isSpace(text.charCodeAt(from))) continue;
    while (from > 0 && !isSpace(text.charCodeAt(from - 1))) from--;
    let to = found.index + 1;
    while (to < text.length && !isSpace(text.charCodeAt(to))) to++;
    const characters = new Set(graphemeStarts(text, from, to));
    for (const start of wordStarts(text, from, to)) if (characters.has(start)) starts.push(start);
    unspaced.lastIndex = to;
  }
  return starts;
}

/** 1 at every offset at which a sentence starts within its line. */
function sentenceFlags({ text, entities }: Analysed): Uint8Array {
  const flags = new Uint8Array(text.length + 1);
  const masked = maskCode(maskEntities(text, entities));
  for (const { start, end } of proseLinesOf(text)) {
    for (const at of sentenceStarts(text.slice(start, end), masked.slice(start, end))) flags[start + at] = 1;
  }
  return flags;
}

function maskEntities(text: string, entities: readonly Entity[]): string {
  let masked = "";
  let from = 0;
  for (const { start, end } of entities) {
    masked += text.slice(from, start) + "X".repeat(end - start);
    from = end;
  }
  return masked + text.slice(from);
}

function maskCode(text: string): string {
  return text.replace(INLINE_CODE, (code) => "X".repeat(code.length));
}
