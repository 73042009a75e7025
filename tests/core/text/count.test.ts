import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import twitterText from "twitter-text/dist/index.js";
import { z } from "zod";
import { runningWeights, weightedLength } from "../../../src/core/text/count.ts";
import { countableText } from "./random-text.ts";
import { hasVectors, vectors } from "./vectors.ts";

describe("weightedLength", () => {
  test.each([
    ["", 0],
    ["hello", 5],
    ["日本語", 6],
    ["हिन्दी", 6],
    ["e\u0301", 1],
    ["…", 2],
    ["“quoted”", 8],
    ["👨‍👩‍👧‍👦", 2],
    ["see https://example.com/a/very/long/path", 27],
    ["README.md", 23],
    ["ASP.NET and script.sh", 51],
    ["Node.js, e.g. v1.2.3", 20],
    ["http://localhost:3000", 21],
    ["me@example.com", 14],
  ])("%j weighs %d", (text, weight) => {
    expect(weightedLength(text)).toBe(weight);
  });

  test("counts line ends and white space like anything else", () => {
    expect(weightedLength("a\n\n b")).toBe(5);
  });

  test.skipIf(!hasVectors)("agrees with all 24 length vectors of twitter-text", () => {
    const shape = z.object({ weightedLength: z.number() });
    const all = ["WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest"].flatMap(
      (group) => vectors("validate.yml", group, shape),
    );
    expect(all).toHaveLength(24);
    for (const { text, expected } of all) expect([text, weightedLength(text)]).toEqual([text, expected.weightedLength]);
  });

  test("equals twitter-text on random strings", () => {
    fc.assert(
      fc.property(countableText, (text) => {
        expect(weightedLength(text)).toBe(twitterText.parseTweet(text).weightedLength);
      }),
      { numRuns: 5000, seed: 280 },
    );
  });

  test("stays linear where a backtracking expression would not", () => {
    for (const unit of ["a.", "日本語。", "a_b.com", "/a.co日b.co", "(a", "x.co/(", "#1", "@a"]) {
      const text = unit.repeat(50_000);
      expect(weightedLength(text)).toBeGreaterThan(0);
    }
  });
});

describe("runningWeights", () => {
  test("rises after each character, URL and emoji, and is flat inside them", () => {
    expect([...runningWeights("a日🎉")]).toEqual([0, 1, 3, 3, 5]);
    const withUrl = runningWeights("x README.md.");
    expect([withUrl[2], withUrl[5], withUrl[10], withUrl[11], withUrl[12]]).toEqual([2, 2, 2, 25, 26]);
  });
});
