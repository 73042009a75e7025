/** What a break can do wrong by where it is, whatever kind of break it is. */
import { isSpace } from "../text/space.ts";
import { isBreakMarker, MARKER } from "./blocks.ts";
import { COST } from "./costs.ts";

/** What belongs to the character before it. */
const EXTENDS = /^[\p{M}\p{Emoji_Modifier}\u200D]/u;
const MENTION = /^@\w/;
/** How far a line is looked at for a lone marker. */
const LINE_CONTEXT = 200;

/**
 * What a break costs beyond its kind: it must make neither a line that reads as a manual break nor one that opens a
 * code block, must not strand an accent, and should not make a reply.
 */
export function harmOf(text: string, end: number, start: number): number {
  const isInLine = !text.slice(end, start).includes("\n");
  if (makesMarker(text, end, start) || (isInLine && text.startsWith("```", start))) return COST.codePoint;
  if (end === start && text[end] === "`" && text[end - 1] === "`") return COST.codePoint;
  if (EXTENDS.test(text.slice(start, start + 2))) return COST.codePoint;
  const reply = MENTION.test(text.slice(start, start + 2)) ? COST.replyStart : 0;
  return reply + (!isInLine && text[end - 1] === ":" ? COST.afterColon : 0);
}

/** Whether a break leaves `---` alone on a line where it was not, or may do so together with another break. */
function makesMarker(text: string, end: number, start: number): boolean {
  if (text.endsWith(MARKER, end) && isBreakMarker(lineBefore(text, end))) {
    return !isBreakMarker(lineBefore(text, end) + lineAfter(text, end));
  }
  if (!text.startsWith(MARKER, start)) return false;
  const isAlone = start + MARKER.length === text.length || isSpace(text.charCodeAt(start + MARKER.length));
  return isAlone && !isBreakMarker(lineBefore(text, start) + lineAfter(text, start));
}

function lineBefore(text: string, offset: number): string {
  const before = text.slice(Math.max(0, offset - LINE_CONTEXT), offset);
  return before.slice(before.lastIndexOf("\n") + 1);
}

function lineAfter(text: string, offset: number): string {
  const after = text.slice(offset, offset + LINE_CONTEXT);
  return after.split("\n", 1)[0] ?? "";
}
