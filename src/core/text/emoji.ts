/**
 * Finds the emoji that X counts as one sign, however many code points each is made of.
 *
 * The list is the runtime's own (`RGI_Emoji`), which is newer than the one in twitter-text 3.1.0 (Emoji 11), and the
 * forms beside it that twitter-text takes for one sign: keycaps without their variation selector, pictographs with or
 * without it, and some that carry one they don't need or a skin tone after it.
 */

const VARIATION = 0xfe0f;
const JOINER = 0x200d;
const KEYCAP = 0x20e3;
const CANCEL_TAG = 0xe007f;
/** The longest sequence that Unicode recommends has four parts. */
const MOST_PARTS = 5;
/** So many sequences are asked about one by one before the expression for all of them is worth its 10 ms. */
const FEW_SEQUENCES = 4;

const PICTOGRAPH = /^\p{Extended_Pictographic}/u;
const PRESENTED_AS_EMOJI = /^\p{Emoji_Presentation}/u;
/** The family could take a tone by its property, but no sequence with one is recommended. */
const TAKES_SKIN_TONE = /^(?!👪)\p{Emoji_Modifier_Base}/u;
/** Shown as emoji without a variation selector, but once encoded with one. */
const VARIATION_ALLOWED = /^[⌚⌛◽◾☔☕♈-♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛔⛪⛲⛳⛵⛺⛽❗⬛⬜⭐⭕🀄🈚🈯]/u;
const TONE_AFTER_VARIATION = /^[☝⛷⛹✌✍🏋🏌🕴🕵🖐]/u;

/** The length in UTF-16 units of the emoji that starts at `position`, or 0 if its first code point counts by itself. */
export function emojiLengthAt(text: string, position: number): number {
  const unit = text.charCodeAt(position);
  if (unit < 0x203c) {
    if (isKeycapBase(unit)) return keycapLength(text, position);
    return (unit === 0xa9 || unit === 0xae) && text.charCodeAt(position + 1) === VARIATION ? 2 : 0;
  }
  if (!canStartEmoji(unit)) return 0;
  const first = text.codePointAt(position) ?? 0;
  const next = text.codePointAt(position + lengthOf(first)) ?? 0;
  if (isRegional(first)) return isRegional(next) && isRecommended(text.slice(position, position + 4)) ? 4 : 0;
  if (isTag(next)) return taggedLength(text, position);
  const part = partLength(text, position);
  return text.charCodeAt(position + part) === JOINER ? joinedLength(text, position, part) : loneLength(text, position);
}

function keycapLength(text: string, position: number): number {
  const length = text.charCodeAt(position + 1) === VARIATION ? 2 : 1;
  return text.charCodeAt(position + length) === KEYCAP ? length + 1 : 0;
}

/** A flag of a part of a country: a black flag, its name in tag characters, and their end. */
function taggedLength(text: string, position: number): number {
  let end = position + 2;
  while (isTag(text.codePointAt(end) ?? 0)) end += 2;
  const isWhole = text.codePointAt(end - 2) === CANCEL_TAG && isRecommended(text.slice(position, end));
  return isWhole ? end - position : loneLength(text, position);
}

/** The longest recommended sequence of joined parts, or the first part alone. */
function joinedLength(text: string, position: number, firstLength: number): number {
  const ends: number[] = [];
  let end = position + firstLength;
  while (ends.length < MOST_PARTS && text.charCodeAt(end) === JOINER && isPictograph(text, end + 1)) {
    const part = end + 1;
    end = part + partLength(text, part);
    ends.push(part + lengthOf(text.codePointAt(part) ?? 0), end);
  }
  const longest = ends.reverse().find((candidate) => isRecommended(text.slice(position, candidate)));
  return longest === undefined ? loneLength(text, position) : longest - position;
}

/** One pictograph with the variation selector or the skin tone that twitter-text takes with it. */
function loneLength(text: string, position: number): number {
  if (!isPictograph(text, position)) return 0;
  const sign = String.fromCodePoint(text.codePointAt(position) ?? 0);
  const next = text.codePointAt(position + sign.length) ?? 0;
  if (isSkinTone(next)) return TAKES_SKIN_TONE.test(sign) || sign === "⛷" ? sign.length + 2 : sign.length;
  if (next !== VARIATION) return sign.length;
  const hasTone = isSkinTone(text.codePointAt(position + sign.length + 1) ?? 0);
  if (hasTone && TONE_AFTER_VARIATION.test(sign)) return sign.length + 3;
  const isNeeded = !PRESENTED_AS_EMOJI.test(sign) || VARIATION_ALLOWED.test(sign);
  return isNeeded ? sign.length + 1 : sign.length;
}

/** A pictograph and the one variation selector or skin tone that follows it. */
function partLength(text: string, position: number): number {
  const length = lengthOf(text.codePointAt(position) ?? 0);
  const next = text.codePointAt(position + length) ?? 0;
  return next === VARIATION || isSkinTone(next) ? length + lengthOf(next) : length;
}

const known = new Map<string, boolean>();
let recommended: RegExp | undefined;

/** Whether Unicode recommends a sequence of several code points for general interchange. */
function isRecommended(sequence: string): boolean {
  const answer = known.get(sequence);
  if (answer !== undefined) return answer;
  if (known.size >= FEW_SEQUENCES) {
    recommended ??= /^\p{RGI_Emoji}$/v;
    return recommended.test(sequence);
  }
  // An intersection with this one sequence compiles in a fraction of the time that all of them take.
  const fresh = new RegExp(`^[\\p{RGI_Emoji}&&\\q{${sequence}}]$`, "v").test(sequence);
  known.set(sequence, fresh);
  return fresh;
}

function isPictograph(text: string, position: number): boolean {
  return PICTOGRAPH.test(text.slice(position, position + 2));
}

function canStartEmoji(unit: number): boolean {
  if (unit <= 0x2b55) return unit === 0x203c || unit >= 0x2049;
  if (unit < 0xd83c) return unit === 0x3030 || unit === 0x303d || unit === 0x3297 || unit === 0x3299;
  return unit <= 0xd83e;
}

function isKeycapBase(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || unit === 0x23 || unit === 0x2a;
}

function isRegional(codePoint: number): boolean {
  return codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff;
}

function isSkinTone(codePoint: number): boolean {
  return codePoint >= 0x1f3fb && codePoint <= 0x1f3ff;
}

function isTag(codePoint: number): boolean {
  return codePoint >= 0xe0020 && codePoint <= CANCEL_TAG;
}

function lengthOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}
