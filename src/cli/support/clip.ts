/** Bytes of a value in a JSON reply. */
export const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The beginning of a text in at most so many bytes of JSON, with an ellipsis in the place of the rest. */
export function clipped(text: string, limit: number): string {
  if (sizeOf(text) <= limit) return text;
  let kept = "";
  let bytes = sizeOf("…");
  for (const { segment } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text.slice(0, limit))) {
    bytes += sizeOf(segment) - 2;
    if (bytes > limit) break;
    kept += segment;
  }
  return `${kept}…`;
}
