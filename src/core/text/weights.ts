/**
 * What X counts: the configuration "v3" of twitter-text (config/v3.json, Copyright 2018 Twitter, Inc., Apache License 2.0)
 * in units of one character instead of hundredths.
 */

/** The weighted length that one tweet may have; X Premium accounts may post up to 25,000. */
export const TWEET_LIMIT = 280;

/** Every URL counts as its t.co short form, whatever its length. */
export const URL_WEIGHT = 23;

/** An emoji counts this much however many code points it is made of. */
export const EMOJI_WEIGHT = 2;

/** What a code point outside the light ranges counts. */
const DEFAULT_WEIGHT = 2;

/** The weight of one code point that belongs to no URL and no emoji: 1 for most alphabets, 2 for the rest. */
export function codePointWeight(codePoint: number): number {
  if (codePoint <= 0x10ff) return 1;
  if (codePoint < 0x2000 || codePoint > 0x2037) return DEFAULT_WEIGHT;
  return codePoint <= 0x200d || (codePoint >= 0x2010 && codePoint <= 0x201f) || codePoint >= 0x2032
    ? 1
    : DEFAULT_WEIGHT;
}
