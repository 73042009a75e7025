import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import twitterText from "twitter-text/dist/index.js";
import { z } from "zod";
import { hasUrl, urlsOf } from "../../../src/core/text/entities.ts";
import { findUrls } from "../../../src/core/text/urls.ts";
import { countableText } from "./random-text.ts";
import { hasVectors, vectors } from "./vectors.ts";

const withIndices = z.array(z.object({ url: z.string(), indices: z.tuple([z.number(), z.number()]) }));

describe("urlsOf", () => {
  test.each([
    ["See https://example.com/a_(b), please.", ["https://example.com/a_(b)"]],
    ["[docs](https://example.com/x)", ["https://example.com/x"]],
    ["deno.land/x](https://deno.land/x/jose)", ["deno.land/x", "https://deno.land/x/jose"]],
    ["Read README.md and main.rs, not Node.js.", ["README.md", "main.rs"]],
    ["https://例え.jp/パス", ["https://例え.jp/"]],
    ["me@example.com http://localhost:3000 v1.2.3 e.g. this", []],
    ["-example.com _example.com /example.com", []],
  ])("finds in %j: %j", (text, urls) => {
    expect(urlsOf(text)).toEqual(urls);
    expect(hasUrl(text)).toBe(urls.length > 0);
  });

  test.skipIf(!hasVectors)("agrees with all 91 URL vectors of twitter-text", () => {
    const all = vectors("extract.yml", "urls", z.array(z.string()));
    expect(all).toHaveLength(91);
    for (const { text, expected } of all) expect([text, urlsOf(text)]).toEqual([text, expected]);
  });

  test.skipIf(!hasVectors)("agrees with the vectors for t.co links", () => {
    const all = vectors("extract.yml", "tco_urls_with_params", z.array(z.string()));
    expect(all.length).toBeGreaterThan(0);
    for (const { text, expected } of all) expect([text, urlsOf(text)]).toEqual([text, expected]);
  });

  test.skipIf(!hasVectors)("knows all 1,574 top-level domains", () => {
    const all = ["country", "generic"].flatMap((group) => vectors("tlds.yml", group, z.array(z.string())));
    expect(all).toHaveLength(1574);
    for (const { text, expected } of all) expect([text, urlsOf(text)]).toEqual([text, expected]);
  });
});

describe("findUrls", () => {
  test.skipIf(!hasVectors)("agrees with the offsets of twitter-text's vectors", () => {
    const groups = ["urls_with_indices", "urls_with_directional_markers"];
    const all = groups.flatMap((group) => vectors("extract.yml", group, withIndices));
    expect(all.length).toBeGreaterThan(0);
    for (const { text, expected } of all) {
      // The vectors count code points.
      const found = findUrls(text).map(({ start, end }) => [points(text, start), points(text, end)]);
      expect([text, found]).toEqual([text, expected.map(({ indices }) => indices)]);
    }
  });

  test("equals twitter-text on random strings", () => {
    fc.assert(
      fc.property(countableText, (text) => {
        const official = twitterText.extractUrlsWithIndices(text).map(({ indices }) => indices);
        expect(findUrls(text).map(({ start, end }): [number, number] => [start, end])).toEqual(official);
      }),
      { numRuns: 5000, seed: 280 },
    );
  });
});

function points(text: string, offset: number): number {
  return Array.from(text.slice(0, offset)).length;
}
