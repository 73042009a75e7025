/** The length of a text as X bills it. */
import { emojiLengthAt } from "./emoji.ts";
import { findUrls } from "./urls.ts";
import { codePointWeight, EMOJI_WEIGHT, URL_WEIGHT } from "./weights.ts";

/**
 * The weighted length of a text, of which X allows 280 in a tweet: 1 for most alphabets, 2 for the rest and for every
 * emoji, 23 for every URL, after normalisation to NFC. Takes any string; an empty one is 0.
 */
export function weightedLength(text: string): number {
  const normal = text.normalize("NFC");
  return runningWeights(normal).at(-1) ?? 0;
}

/**
 * For every UTF-16 offset (the end included) the weight of all that ends before it. Inside a URL or an emoji it stays
 * what it was at its start. The text must be in NFC. Differences are exact between places where a cut leaves URLs
 * and emoji as they are.
 */
export function runningWeights(text: string): Int32Array {
  const weights = new Int32Array(text.length + 1);
  const urls = findUrls(text);
  let nextUrl = 0;
  let weight = 0;
  let noEmojiBefore = 0;
  for (let i = 0; i < text.length; ) {
    let length = 0;
    let url = urls[nextUrl];
    while (url !== undefined && url.start < i) url = urls[++nextUrl];
    if (url !== undefined && url.start === i) {
      length = url.counted;
      // X knows all emoji before it counts: one that ends after the counted part is no emoji there.
      if (i + length < url.end) noEmojiBefore = emojiEnd(text, i, i + length);
      weights.fill(weight, i, i + length);
      weight += URL_WEIGHT;
    } else {
      length = i < noEmojiBefore ? 0 : emojiLengthAt(text, i);
      if (length > 0) {
        weights.fill(weight, i, i + length);
        weight += EMOJI_WEIGHT;
      } else {
        const codePoint = text.codePointAt(i) ?? 0;
        length = codePoint > 0xffff ? 2 : 1;
        weights[i] = weight;
        if (length === 2) weights[i + 1] = weight;
        weight += codePointWeight(codePoint);
      }
    }
    i += length;
  }
  weights[text.length] = weight;
  return weights;
}

/** Where the last emoji that starts in a range ends. */
function emojiEnd(text: string, start: number, end: number): number {
  let position = start;
  while (position < end) position += emojiLengthAt(text, position) || 1;
  return position;
}
