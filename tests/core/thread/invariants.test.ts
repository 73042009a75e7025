import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { nastyText } from "./arbitrary-text.ts";
import { brokenInvariants } from "./invariants.ts";

const corpus = new URL("../../../../shared/split-eval/corpus/", import.meta.url);
const hasCorpus = existsSync(corpus);
if (!hasCorpus) console.log("The corpus of the splitter's evaluator is not beside the project: its test is skipped.");

describe("every thread", () => {
  test.skipIf(!hasCorpus)("of the corpus keeps the invariants, with and without counters, short and long", () => {
    for (const file of readdirSync(corpus)) {
      const text = readFileSync(new URL(file, corpus), "utf8");
      for (const limit of [280, 60, 1000]) {
        for (const numbered of [false, true]) {
          expect([file, limit, numbered, brokenInvariants(text, limit, numbered)]).toEqual([file, limit, numbered, []]);
        }
      }
    }
  });

  test("of a random text keeps the invariants", () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        expect(brokenInvariants(text)).toEqual([]);
      }),
      { numRuns: 2000, seed: 1 },
    );
  }, 60_000);

  test("keeps the invariants with other limits and counters", () => {
    fc.assert(
      fc.property(nastyText, fc.constantFrom(30, 100, 280, 25_000), fc.boolean(), (text, limit, numbered) => {
        expect(brokenInvariants(text, limit, numbered)).toEqual([]);
      }),
      { numRuns: 800, seed: 2 },
    );
  }, 60_000);

  test("ends even where a tweet is smaller than a character", () => {
    fc.assert(
      fc.property(nastyText, fc.constantFrom(1, 2, 5), (text, limit) => {
        expect(brokenInvariants(text.slice(0, 300), limit)).toEqual([]);
      }),
      { numRuns: 200, seed: 3 },
    );
  }, 60_000);
});
