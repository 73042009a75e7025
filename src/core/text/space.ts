/** White space as it matters around and between tweets: what `\s` matches, and the zero-width space. */

/** Whether a UTF-16 unit is white space. NaN (past the end of a string) is not. */
export function isSpace(unit: number): boolean {
  if (unit <= 0x20) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  if (unit < 0xa0) return false;
  if (unit === 0xa0 || unit === 0x1680 || unit === 0x3000 || unit === 0xfeff) return true;
  return unit >= 0x2000 && (unit <= 0x200b || unit === 0x2028 || unit === 0x2029 || unit === 0x202f || unit === 0x205f);
}

export function trimStart(text: string): string {
  let start = 0;
  while (isSpace(text.charCodeAt(start))) start++;
  return text.slice(start);
}

export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The text without white space around it. */
export function trimSpace(text: string): string {
  return trimEnd(trimStart(text));
}
