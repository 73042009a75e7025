import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import twitterText from "twitter-text/dist/index.js";
import { weightedLength } from "../../../src/core/text/count.ts";
import { rgiEmoji } from "./rgi-emoji.ts";

const emoji = rgiEmoji();
/** What twitter-text 3.1.0 counts right, being made for Emoji 11. A lone skin tone would join the sign before it. */
const known = emoji.filter((sign) => twitterText.parseTweet(sign).weightedLength === 2 && !/^[🏻-🏿]$/u.test(sign));

describe("an emoji", () => {
  test("weighs 2, whatever it is made of and however new it is", () => {
    expect(emoji.length).toBeGreaterThanOrEqual(3801);
    expect(emoji.filter((sign) => weightedLength(sign) !== 2)).toEqual([]);
    expect(emoji.filter((sign) => weightedLength(`a${sign}b`) !== 4)).toEqual([]);
  });

  test("weighs what twitter-text says in any string, when twitter-text knows it", () => {
    expect(known.length).toBeGreaterThan(2500);
    const around = fc.constantFrom("", " ", "a", ".", "日", "http://a.co", "\uFE0F", "\uFE0E", "#", "1", "©", "é");
    const text = fc
      .array(fc.tuple(fc.constantFrom(...known), around), { maxLength: 8 })
      .map((parts) => parts.flat().join(""));
    fc.assert(
      fc.property(text, (string) => {
        expect(weightedLength(string)).toBe(twitterText.parseTweet(string).weightedLength);
      }),
      { numRuns: 5000, seed: 11 },
    );
  });

  test.each([
    ["©", 1],
    ["#", 1],
    ["1", 1],
    ["👩‍🐻", 5],
    ["🇽", 2],
    ["🇽🇽", 4],
  ])("is not %j, which weighs %d", (text, weight) => {
    expect(weightedLength(text)).toBe(weight);
  });
});
