/** Prints every figure that the README quotes, in about 20 minutes. Each bench is a process of its own, one after the other. */
import { fileURLToPath } from "node:url";

const BENCHES = [
  "commands.ts",
  "embedded.ts",
  "due.ts",
  "split.ts",
  "count.ts",
  "starts.ts",
  "kills.ts",
  "trigger.ts",
  "races.ts",
];

let failed = 0;
for (const bench of BENCHES) {
  console.log(`\n${bench}`);
  const child = Bun.spawn([process.execPath, "--no-env-file", fileURLToPath(new URL(bench, import.meta.url))], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await child.exited) !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
