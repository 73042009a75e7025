import { readEnvironment } from "../../config/environment.ts";

/**
 * Colour where stdout is a terminal that takes it, or where it is forced; NO_COLOR forbids it. Bun's own answer also
 * counts a terminal on stderr. Never in JSON.
 */
function isColoured(): boolean {
  const { NO_COLOR, FORCE_COLOR } = readEnvironment().env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  return Bun.enableANSIColors && (process.stdout.isTTY === true || FORCE_COLOR !== undefined);
}

const on = isColoured();
const wrap = (open: number, close: number) => (text: string) => (on ? `\x1b[${open}m${text}\x1b[${close}m` : text);

export const bold = wrap(1, 22);
export const dim = wrap(2, 22);
export const green = wrap(32, 39);
export const yellow = wrap(33, 39);
export const red = wrap(31, 39);
export const cyan = wrap(36, 39);

/**
 * Goes to a column of the row, 1 for the first, whatever stands before it: terminals disagree about the width of some
 * emoji. Nothing where a pager or a file would only show the sign.
 */
export const atColumn = (column: number): string => (on && process.stdout.isTTY === true ? `\x1b[${column}G` : "");

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal would act on
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** A text that psn did not make, for a terminal: what would move the cursor or change colours is shown as a sign. */
export function harmless(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
  });
}
