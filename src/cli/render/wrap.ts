import { harmless } from "./style.ts";

/** A stretch of a text in one style. */
export interface Piece {
  readonly text: string;
  readonly style: (text: string) => string;
}

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly style: Piece["style"];
}

/** They have no shape of their own, and terminals disagree about whether they take a column. */
const INVISIBLE = /[\u00ad\u180e\u200b\u2060\ufeff]/g;
/** What would turn the direction of the frame around it too, and annotations that no terminal knows. */
const TURNING = /[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/g;
const TAB = "    ";

/** A text that psn did not make, for the inside of a frame: nothing of it moves what stands beside it. */
export const framed = (text: string): string =>
  harmless(text.replace(/[\u2028\u2029]/g, "\n").replaceAll("\t", TAB))
    .replace(INVISIBLE, "")
    .replace(TURNING, "\ufffd");

/** As `framed`, for what has to stay on its line. */
export const framedLine = (text: string): string => framed(text).replaceAll("\n", " ");

/** The text, styled, in rows of at most `width` columns: broken at spaces, beside wide characters, and where nothing else helps. */
export function wrapped(pieces: readonly Piece[], width: number): string[] {
  const rows: string[] = [];
  let line: Cell[] = [];
  for (const cell of cellsOf(pieces)) {
    if (cell.text === "\n") {
      rows.push(...broken(line, width));
      line = [];
    } else line.push(cell);
  }
  return [...rows, ...broken(line, width)];
}

/** The beginning of a text of one line in at most `width` columns, with an ellipsis in the place of the rest. */
export function cutTo(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  let kept = "";
  for (const { text: next } of cellsOf([{ text, style: String }])) {
    if (Bun.stringWidth(`${kept}${next}…`) > width) break;
    kept += next;
  }
  return `${kept}…`;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

function* cellsOf(pieces: readonly Piece[]): Generator<Cell> {
  for (const { text, style } of pieces) {
    for (const { segment } of graphemes.segment(text)) {
      yield { text: segment, width: Bun.stringWidth(segment), style };
    }
  }
}

function broken(line: readonly Cell[], width: number): string[] {
  const rows: string[] = [];
  let rest = line;
  for (;;) {
    const end = fitting(rest, width);
    rows.push(rowOf(withoutSpacesAtEnd(rest.slice(0, end))));
    if (end === rest.length) return rows;
    rest = rest.slice(end);
  }
}

/** How many cells go into one row; spaces at its end may hang over. At least one, so that it ends. */
function fitting(cells: readonly Cell[], width: number): number {
  let used = 0;
  let good = 0;
  for (const [index, cell] of cells.entries()) {
    if (index > 0 && mayBreak(cells[index - 1], cell)) good = index;
    used += cell.width;
    if (used > width && cell.text !== " ") return good > 0 ? good : Math.max(index, 1);
  }
  return cells.length;
}

/** Marks that don't begin a line, and those that don't end one, in the scripts that are written without spaces. */
const CLOSING = /^[\p{Pe}\p{Pf}.,!?:;…、。，．：；！？・ー々]/u;
const OPENING = /[\p{Ps}\p{Pi}]$/u;

function mayBreak(before: Cell | undefined, after: Cell): boolean {
  if (before === undefined || after.text === " ") return false;
  if (before.text === " ") return true;
  const isWide = before.width > 1 || after.width > 1;
  return isWide && !CLOSING.test(after.text) && !OPENING.test(before.text);
}

function withoutSpacesAtEnd(cells: readonly Cell[]): readonly Cell[] {
  const last = cells.findLastIndex(({ text }) => text !== " ");
  return cells.slice(0, last + 1);
}

function rowOf(cells: readonly Cell[]): string {
  let shown = "";
  let run = "";
  let style: Piece["style"] | undefined;
  const flush = () => {
    if (style !== undefined && run !== "") shown += style(run);
    run = "";
  };
  for (const cell of cells) {
    if (cell.style !== style) flush();
    style = cell.style;
    run += cell.text;
  }
  flush();
  return shown;
}

/** The columns that a row takes behind a blank, to which a mark at its beginning clings. Styles take none. */
export const columnsOf = (row: string): number => Bun.stringWidth(` ${row}`) - 1;
