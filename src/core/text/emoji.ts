/** Finds the emoji that X counts as one sign, however many code points each is made of. */

/**
 * The runtime's own list (`RGI_Emoji`), which is newer than the one in twitter-text 3.1.0 (Emoji 11), and the forms
 * beside it that twitter-text counts as one sign: keycaps without their variation selector, pictographs with or
 * without it, and some that carry one they don't need or a skin tone after it.
 */
const EMOJI_SOURCE = [
  "[0-9#*]\\uFE0F?\\u20E3",
  "[⌚⌛◽◾☔☕♈-♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛔⛪⛲⛳⛵⛺⛽❗⬛⬜⭐⭕🀄🈚🈯]\\uFE0F",
  "[\\u261D\\u26F9\\u270C\\u270D\\u{1F3CB}\\u{1F3CC}\\u{1F574}\\u{1F575}\\u{1F590}]\\uFE0F\\p{Emoji_Modifier}",
  "\\u26F7\\uFE0F?\\p{Emoji_Modifier}",
  "\\p{RGI_Emoji}",
  "(?![\\xA9\\xAE])\\p{Extended_Pictographic}\\uFE0F?",
].join("|");

let pattern: RegExp | undefined;

/** The length in UTF-16 units of the emoji that starts at `position`, or 0. */
export function emojiLengthAt(text: string, position: number): number {
  if (!canStartEmoji(text, position)) return 0;
  // Built on first use: compiling it takes some milliseconds, and most texts need it never.
  pattern ??= new RegExp(EMOJI_SOURCE, "vy");
  pattern.lastIndex = position;
  return pattern.test(text) ? pattern.lastIndex - position : 0;
}

function canStartEmoji(text: string, position: number): boolean {
  const unit = text.charCodeAt(position);
  if (unit < 0x203c) {
    const canCombine = unit < 0x3a ? unit >= 0x30 || unit === 0x23 || unit === 0x2a : unit === 0xa9 || unit === 0xae;
    if (!canCombine) return false;
    const next = text.charCodeAt(position + 1);
    return next === 0xfe0f || next === 0x20e3;
  }
  if (unit <= 0x2b55) return unit === 0x203c || unit >= 0x2049;
  if (unit < 0xd83c) return unit === 0x3030 || unit === 0x303d || unit === 0x3297 || unit === 0x3299;
  return unit <= 0xd83e;
}
