import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PsnError } from "../../../src/core/errors.ts";
import { splitAt } from "../../../src/core/thread/cut.ts";
import { nastyText } from "./arbitrary-text.ts";

function refusal(text: string, offset: number): PsnError {
  try {
    splitAt(text, offset);
  } catch (error) {
    if (error instanceof PsnError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(text)} was cut at ${offset}`);
}

describe("splitAt", () => {
  test("cuts where it is told and drops the white space around the cut only", () => {
    expect(splitAt("  one two ", 5)).toEqual(["  one", "two "]);
    expect(splitAt("one\n\n two", 4)).toEqual(["one", "two"]);
    expect(splitAt("one two", 2)).toEqual(["on", "e two"]);
  });

  test.each([
    ["see https://example.com/x now", 10, "inside the URL https://example.com/x", 4],
    ["see https://example.com/x now", 20, "inside the URL", 25],
    ["hi @jack there", 6, "inside the mention @jack", 8],
    ["hi #birds there", 5, "inside the hashtag #birds", 3],
    ["hi $TWTR there", 5, "inside the cashtag $TWTR", 3],
    ["a👨‍👩‍👧‍👦b", 4, "inside the character 👨‍👩‍👧‍👦", 1],
    ["one two", 0, "leaves one half empty", 1],
    ["one two  ", 8, "leaves one half empty", 6],
    ["one", 3, "leaves one half empty", 2],
    ["one", -1, "is outside the tweet, which has 3 characters", 1],
    ["one", 99, "is outside the tweet", 2],
    ["one", 1.5, "is outside the tweet", 1],
  ])("refuses %j at %d and names the nearest place", (text, offset, reason, nearest) => {
    const error = refusal(text, offset);
    expect(error.code).toBe("text_invalid");
    expect(error.message).toContain(reason);
    expect(error.message).toContain(`the nearest place to cut is ${nearest}.`);
    expect(error.details).toEqual({ offset, nearest });
  });

  test.each(["x", "", "   ", "@jack", "👨‍👩‍👧‍👦 "])("says that %j can't be cut", (text) => {
    const error = refusal(text, 1);
    expect(error.details).toEqual({ offset: 1, nearest: null });
    expect(error.message).toContain("can't be cut anywhere");
  });

  test("accepts the offset that it names, and loses nothing", () => {
    fc.assert(
      fc.property(nastyText, fc.nat(400), (text, offset) => {
        const halves = cutOrNearest(text.slice(0, 400), offset);
        if (halves === undefined) return;
        expect(halves.join("").replace(/[\s\u200B]/g, "")).toBe(text.slice(0, 400).replace(/[\s\u200B]/g, ""));
        expect(halves.every((half) => half.trim() !== "")).toBe(true);
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});

function cutOrNearest(text: string, offset: number): [string, string] | undefined {
  try {
    return splitAt(text, offset);
  } catch (error) {
    const nearest = error instanceof PsnError ? error.details?.["nearest"] : undefined;
    return typeof nearest === "number" ? splitAt(text, nearest) : undefined;
  }
}
