/**
 * What the counter adds to the start of a program: a process that counts one tweet beside one that does nothing, in turns.
 *
 *     bun bench/count.ts
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const RUNS = 15;
const counter = fileURLToPath(new URL("../src/core/text/count.ts", import.meta.url));
const program = (text: string) =>
  `import { weightedLength } from ${JSON.stringify(counter)}; weightedLength(${JSON.stringify(text)});`;

const programs: { name: string; code: string }[] = [
  { name: "empty program", code: "" },
  { name: "counts a plain tweet", code: program("We shipped it. Here is what changed, and why.") },
  { name: "counts a tweet with a URL", code: program("We shipped it: https://example.com/notes and README.md") },
  { name: "counts a tweet with emoji", code: program("We shipped it 🎉 👨‍👩‍👧‍👦") },
];

const times = programs.map((): number[] => []);
for (let run = 0; run < RUNS + 2; run++) {
  for (const [i, { code }] of programs.entries()) {
    const start = performance.now();
    const { status } = spawnSync(process.execPath, ["-e", code]);
    if (status !== 0) throw new Error(`"${programs[i]?.name}" failed`);
    // The first two rounds warm the caches of the disk.
    if (run > 1) times[i]?.push(performance.now() - start);
  }
}

const medians = times.map((list) => list.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0);
console.log("starting the counter            ms    over empty");
for (const [i, { name }] of programs.entries()) {
  const over = (medians[i] ?? 0) - (medians[0] ?? 0);
  console.log(`${name.padEnd(27)}${(medians[i] ?? 0).toFixed(1).padStart(7)}${over.toFixed(1).padStart(14)}`);
}
