/** The structure that a writer gives a text by whole lines: manual breaks, code blocks and lists. */
import { trimSpace } from "../text/space.ts";
import type { Range } from "./ranges.ts";

interface Line extends Range {
  readonly text: string;
  /** Between the fences of a code block, the fences included. */
  readonly isCode: boolean;
  readonly isFence: boolean;
}

const FENCE = /^\s*```/;
const LIST_ITEM = /^\s*(?:[-*•–]|\d{1,2}[.)])\s+\S/;
export const MARKER = "---";

/** Whether a line asks for a new tweet (inside a code block it does not). Zero-width spaces make it another line. */
export function isBreakMarker(line: string): boolean {
  return line.trim() === MARKER;
}

/** The parts between manual breaks, without white space around them and without empty ones. The text has LF only. */
export function sectionsOf(text: string): string[] {
  const sections: string[] = [];
  let start = 0;
  const close = (end: number) => {
    const section = trimmed(text.slice(start, end));
    if (section !== "") sections.push(section);
  };
  if (text.includes(MARKER)) {
    for (const line of linesOf(text)) {
      if (line.isCode || !isBreakMarker(line.text)) continue;
      close(line.start);
      start = line.end;
    }
  }
  close(text.length);
  return sections;
}

/** Without white space around it, unless that would leave a marker that was none. */
function trimmed(section: string): string {
  const bare = trimSpace(section);
  const lines = bare.startsWith(MARKER) || bare.endsWith(MARKER) ? bare.split("\n") : [];
  const isMarker = isBreakMarker(lines.at(0) ?? "") || isBreakMarker(lines.at(-1) ?? "");
  return isMarker ? section.trim() : bare;
}

/** Code blocks with both fences, and lists of two items or more: what a tweet should keep whole when it can. */
export function blocksOf(text: string): Range[] {
  const blocks: Range[] = [];
  let fence: number | undefined;
  let list: { start: number; end: number; items: number } | undefined;
  const closeList = () => {
    if (list !== undefined && list.items > 1) blocks.push({ start: list.start, end: list.end });
    list = undefined;
  };
  for (const line of linesOf(text)) {
    if (line.isFence) {
      if (fence !== undefined) blocks.push({ start: fence, end: line.end });
      fence = fence === undefined ? line.start : undefined;
    }
    if (!line.isCode && LIST_ITEM.test(line.text)) {
      list = { start: list?.start ?? line.start, end: line.end, items: (list?.items ?? 0) + 1 };
    } else {
      closeList();
    }
  }
  closeList();
  return blocks.sort((a, b) => a.start - b.start);
}

/** The lines that are prose, for finding sentences. After a fence that is never closed the text counts as prose. */
export function proseLinesOf(text: string): Range[] {
  const lines = [...linesOf(text)];
  const fences = lines.filter((line) => line.isFence);
  const unclosed = fences.length % 2 === 1 ? (fences.at(-1)?.end ?? text.length) : text.length;
  return lines.filter((line) => !line.isCode || line.start > unclosed);
}

function* linesOf(text: string): Generator<Line> {
  let start = 0;
  let isOpen = false;
  while (start <= text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end);
    const isFence = FENCE.test(line);
    yield { text: line, start, end, isFence, isCode: isOpen || isFence };
    if (isFence) isOpen = !isOpen;
    start = end + 1;
  }
}
