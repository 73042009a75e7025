import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import twitterText from "twitter-text/dist/index.js";
import { z } from "zod";
import { type EntityKind, findEntities } from "../../../src/core/text/entities.ts";
import { findMentions } from "../../../src/core/text/tags.ts";
import { countableText } from "./random-text.ts";
import { hasVectors, vectors } from "./vectors.ts";

const strings = z.array(z.string());

function found(text: string, kind: EntityKind): string[] {
  return findEntities(text)
    .filter((entity) => entity.kind === kind)
    .map(({ start, end }) => text.slice(start, end));
}

describe("findEntities", () => {
  test("names each kind, in the order of the text", () => {
    const text = "@jack likes $TWTR, #birds and README.md";
    expect(findEntities(text)).toEqual([
      { kind: "mention", start: 0, end: 5 },
      { kind: "cashtag", start: 12, end: 17 },
      { kind: "hashtag", start: 19, end: 25 },
      { kind: "url", start: 30, end: 39 },
    ]);
  });

  test("never overlaps: what is inside a URL is the URL's", () => {
    expect(findEntities("https://example.com/#tag/@user")).toEqual([{ kind: "url", start: 0, end: 30 }]);
  });

  test("takes an amount of money for no cashtag and an address for no mention", () => {
    expect(findEntities("$25 and $175k for me@example, R&D#1")).toEqual([]);
  });

  test.skipIf(!hasVectors)("agrees with all 99 mention, hashtag and cashtag vectors of twitter-text", () => {
    const mentions = vectors("extract.yml", "mentions", strings);
    const hashtags = ["hashtags", "hashtags_from_astral"].flatMap((group) => vectors("extract.yml", group, strings));
    const cashtags = vectors("extract.yml", "cashtags", strings);
    expect(mentions.length + hashtags.length + cashtags.length).toBe(99);
    for (const { text, expected } of mentions) {
      const names = found(text, "mention").filter((name) => !name.includes("/"));
      expect([text, names.map((name) => name.slice(1))]).toEqual([text, expected]);
    }
    for (const { text, expected } of hashtags) {
      expect([text, found(text, "hashtag").map((tag) => tag.slice(1))]).toEqual([text, expected]);
    }
    for (const { text, expected } of cashtags) {
      expect([text, found(text, "cashtag").map((tag) => tag.slice(1))]).toEqual([text, expected]);
    }
  });

  test.skipIf(!hasVectors)("agrees with the vectors for lists", () => {
    const shape = z.array(z.object({ indices: z.tuple([z.number(), z.number()]) }));
    const all = vectors("extract.yml", "mentions_or_lists_with_indices", shape);
    expect(all.length).toBeGreaterThan(0);
    for (const { text, expected } of all) {
      const spans = findMentions(text).map(({ start, end }): [number, number] => [start, end]);
      expect([text, spans]).toEqual([text, expected.map(({ indices }) => indices)]);
    }
  });

  test("equals twitter-text on random strings", () => {
    fc.assert(
      fc.property(countableText, (text) => {
        const options = { extractUrlsWithoutProtocol: true };
        const official = twitterText.extractEntitiesWithIndices(text, options).map(({ indices }) => indices);
        expect(findEntities(text).map(({ start, end }): [number, number] => [start, end])).toEqual(official);
      }),
      { numRuns: 5000, seed: 280 },
    );
  });
});
