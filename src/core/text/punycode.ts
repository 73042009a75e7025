/** Lengths of domain labels in their ASCII form (RFC 3492). Only lengths: nothing here needs the encoded text. */

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;
const PREFIX_LENGTH = "xn--".length;

/** Signs that end a label in some scripts, as the full stop does. */
const OTHER_DOTS = /[\u3002\uFF0E\uFF61]/;
const NEEDS_ENCODING = /[^\0-\x7F]/;

/**
 * The length of one label in ASCII, or `limit + 1` when it is over the limit: each code point takes at least
 * one character, which bounds the work for a label of any size.
 */
export function asciiLabelLength(label: string, limit: number): number {
  if (label.length > 2 * limit) return limit + 1;
  let total = 0;
  for (const [index, part] of label.split(OTHER_DOTS).entries()) {
    total += (index > 0 ? 1 : 0) + (NEEDS_ENCODING.test(part) ? PREFIX_LENGTH + encodedLength(part) : part.length);
  }
  return Math.min(total, limit + 1);
}

function encodedLength(label: string): number {
  const codePoints = Array.from(label, (character) => character.codePointAt(0) ?? 0);
  const basicCount = codePoints.filter((codePoint) => codePoint < INITIAL_N).length;
  let length = basicCount > 0 ? basicCount + 1 : 0;
  let n = INITIAL_N;
  let delta = 0;
  let bias = INITIAL_BIAS;
  let handled = basicCount;
  while (handled < codePoints.length) {
    const next = Math.min(...codePoints.filter((codePoint) => codePoint >= n));
    delta += (next - n) * (handled + 1);
    n = next;
    for (const codePoint of codePoints) {
      if (codePoint < n) delta++;
      if (codePoint !== n) continue;
      length += variableLength(delta, bias);
      bias = adapt(delta, handled + 1, handled === basicCount);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return length;
}

function variableLength(delta: number, bias: number): number {
  let digits = 1;
  let q = delta;
  for (let k = BASE; ; k += BASE) {
    const t = Math.min(Math.max(k - bias, T_MIN), T_MAX);
    if (q < t) return digits;
    q = Math.floor((q - t) / (BASE - t));
    digits++;
  }
}

function adapt(delta: number, count: number, isFirst: boolean): number {
  let d = isFirst ? Math.floor(delta / DAMP) : delta >> 1;
  d += Math.floor(d / count);
  let k = 0;
  while (d > ((BASE - T_MIN) * T_MAX) >> 1) {
    d = Math.floor(d / (BASE - T_MIN));
    k += BASE;
  }
  return k + Math.floor(((BASE - T_MIN + 1) * d) / (d + SKEW));
}
