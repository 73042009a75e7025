/** Whole processes: `psn status` and a draft of seven tweets, each beside a bare Bun in the same run. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../tests/support/run-psn.ts";
import { figure, median, ms, signedIn, timed } from "./support.ts";

const RUNS = 25;
const { household, leave } = await signedIn();
try {
  const text = join(household.home, "seven.txt");
  writeFileSync(
    text,
    Array.from({ length: 7 }, (_, i) => `Tweet number ${i + 1} of seven, with a few words in it.`).join("\n---\n"),
  );
  const psn = [process.execPath, "--no-env-file", join(PROJECT, "src/cli/post.ts")];
  const lines = {
    bare: [process.execPath, "--no-env-file", "-e", ""],
    status: [...psn, "status", "--json"],
    draft: [...psn, "draft", "--file", text, "--json"],
  };
  const times = { bare: [] as number[], status: [] as number[], draft: [] as number[] };
  // Taken in turn, so that a busy moment of the machine falls on all alike.
  for (let run = 0; run < RUNS; run++) {
    for (const name of ["bare", "status", "draft"] as const) times[name].push(await timed(lines[name], household.env));
  }
  const bare = median(times.bare);
  figure("bare bun -e ''", ms(bare));
  figure("psn status, warm, over a bare bun", ms(median(times.status) - bare), "120 ms");
  figure("psn draft of 7 tweets, over a bare bun", ms(median(times.draft) - bare));
} finally {
  await leave();
}
process.exit(0);
