import { describe, expect, test } from "bun:test";
import { sentenceStarts } from "../../../src/core/thread/sentences.ts";

function sentences(line: string): string[] {
  const starts = [0, ...sentenceStarts(line, line)];
  return starts.map((start, i) => line.slice(start, starts[i + 1]).trim());
}

describe("sentenceStarts", () => {
  test.each([
    ["One. Two! Three?"],
    ["Wait... What? Yes."],
    ["He left at 5 p.m. She stayed."],
    ["It is from the U.S. The rest is ours."],
    ["i went home. then i slept."],
    ["Plan B. The next day."],
    ["They sell eggs etc. We don't."],
    ["So do I. Then go."],
    ["これは文です。次の文です。"],
    ["यह वाक्य है। यह दूसरा है।"],
    ["«Bonjour.» Puis il part."],
    ["(It rained. A lot.) We left."],
  ])("divides %j", (line) => {
    expect(sentences(line).length).toBeGreaterThan(1);
  });

  test.each([
    "Dr. Smith met Mr. Lee.",
    "See fig. 2, e.g. the left part.",
    "J. R. R. Tolkien wrote it.",
    "It costs $3.5M vs. $2.1M.",
    "No. 5 is alive.",
    "Am 3. Oktober ist Feiertag.",
    "1. First item",
    '"What?" he asked.',
    "He waited... and waited.",
    "A. С. Пушкин родился в Москве.",
    "Visit Node.js today",
  ])("leaves %j whole", (line) => {
    expect(sentences(line)).toEqual([line]);
  });

  test("leaves emoji and hashtags with the sentence before them", () => {
    expect(sentences("We did it! 🎉🎉 Now rest. #done #rest")).toEqual(["We did it! 🎉🎉", "Now rest. #done #rest"]);
  });

  test("finds the same sentences in a line of any length", () => {
    const line = "This one is short. And Dr. Who is in this one. ".repeat(400).trim();
    expect(sentences(line)).toHaveLength(800);
  });
});
