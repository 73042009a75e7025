/**
 * How long splitting takes, and with `--fuzz N [--seed S]` whether N random texts keep the invariants.
 *
 *     bun bench/split.ts
 *     bun bench/split.ts --fuzz 100000 --seed 1
 */
import { parseArgs } from "node:util";
import fc from "fast-check";
import { splitIntoThread } from "../src/core/thread/split.ts";
import { nastyText } from "../tests/core/thread/arbitrary-text.ts";
import { brokenInvariants } from "../tests/core/thread/invariants.ts";

const RUNS = 5;
const WORDS =
  "time day work house water river stone letter garden morning question answer system people thread market window paper road light".split(
    " ",
  );
const SMALL = "the a of and to in that it was for on with as at by this from they we which".split(" ");
const EXTRAS = [
  "See https://example.com/notes/2026/11?id=7 for more.",
  "Thanks to @alice and Dr. Bob Smith!",
  "It grew by 3.5% (from 1,200 to 1,242).",
  "#writing",
  "🎉",
];

const { values } = parseArgs({ options: { fuzz: { type: "string" }, seed: { type: "string", default: "1" } } });
if (values.fuzz === undefined) measure();
else fuzz(Number(values.fuzz), Number(values.seed));

function measure(): void {
  const texts = [10_000, 100_000, 1_000_000].map(prose);
  for (let i = 0; i < 20; i++) splitIntoThread(texts[0] ?? "");
  const times = texts.map((text) => median(text));
  console.log("splitting prose       tweets        ms");
  for (const [i, text] of texts.entries()) {
    const size = `${Math.round(text.length / 1000)} kB`;
    const tweets = String(splitIntoThread(text).length);
    console.log(`${size.padStart(14)}${tweets.padStart(14)}${(times[i] ?? 0).toFixed(1).padStart(10)}`);
  }
  console.log(`1 MB / 100 kB: ${((times[2] ?? 0) / (times[1] ?? 1)).toFixed(1)}`);
}

function median(text: string): number {
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    splitIntoThread(text);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
}

/** Paragraphs of sentences of words, the same in every run; one byte a character but for a few. */
function prose(size: number): string {
  let state = 12_345;
  const below = (limit: number) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const pick = (list: readonly string[]) => list[below(list.length)] ?? "";
  const sentence = () => {
    if (below(12) === 0) return pick(EXTRAS);
    const words = Array.from(
      { length: 5 + below(18) },
      () => pick(below(2) === 0 ? SMALL : WORDS) + (below(9) === 0 ? "," : ""),
    );
    const text = words.join(" ").replace(/,$/, "");
    return text.charAt(0).toUpperCase() + text.slice(1) + pick([".", ".", ".", "?", "!"]);
  };
  let text = "";
  while (text.length < size) {
    text += `${Array.from({ length: 2 + below(5) }, sentence).join(" ")}\n\n`;
  }
  return text.slice(0, size);
}

function fuzz(count: number, seed: number): void {
  let broken = 0;
  const start = performance.now();
  const limits = fc.constantFrom(280, 280, 280, 280, 100, 25_000);
  const property = fc.property(nastyText, limits, fc.boolean(), (text, limit, numbered) => {
    const problems = brokenInvariants(text, limit, numbered);
    if (problems.length > 0)
      throw new Error(`limit ${limit}, numbered ${numbered}: ${problems.slice(0, 5).join("; ")}`);
  });
  const result = fc.check(property, { numRuns: count, seed, endOnFailure: false });
  if (result.failed) {
    broken = 1;
    console.log(fc.defaultReportMessage(result));
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${result.numRuns} random texts, seed ${seed}: ${broken === 0 ? "every invariant holds" : "broken"} (${seconds} s)`,
  );
  process.exitCode = broken;
}
