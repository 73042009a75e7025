/** Ten first commands at once on an empty state, again and again: one server, one worker, one key, every exit 0. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { embeddedStatus } from "../src/embedded/server.ts";
import { Household } from "../tests/support/household.ts";
import { countWorkers } from "../tests/support/processes.ts";
import { figure, median, ms } from "./support.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "20" } } });
const rounds = Number(values.rounds);
const LINES = ["status --json", "setup status --json", "worker status --json", "commands --json"];
let bad = 0;
const times: number[] = [];
for (let round = 0; round < rounds; round++) {
  const household = new Household({ PSN_TIMEZONE: "UTC" });
  try {
    const before = performance.now();
    const ran = await Promise.all(Array.from({ length: 10 }, (_, i) => household.psn(LINES[i % 4] ?? "status --json")));
    times.push(performance.now() - before);
    const giveUpAt = Date.now() + 10_000;
    while (countWorkers(household.stateDir) !== 1 && Date.now() < giveUpAt) await Bun.sleep(50);
    const keys = readFileSync(household.secretsFile, "utf8").match(/PSN_ENCRYPTION_KEY=/g)?.length;
    const fine =
      ran.every(({ exit }) => exit === 0) &&
      embeddedStatus(household.stateDir).state === "running" &&
      countWorkers(household.stateDir) === 1 &&
      keys === 1;
    if (!fine) {
      bad += 1;
      const exits = ran.map(({ exit }) => exit).join(" ");
      console.log(`round ${round}: exits ${exits}, workers ${countWorkers(household.stateDir)}, keys ${keys}`);
      for (const { exit, stdout, stderr } of ran) if (exit !== 0) console.log(stdout, stderr);
    }
  } finally {
    await household.leave();
  }
}
figure(`${rounds} rounds of 10 first commands at once: rounds that went wrong`, String(bad), "0");
figure("ten commands on an empty state, median of a round", ms(median(times)));
process.exit(bad === 0 ? 0 : 1);
