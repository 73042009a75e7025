/**
 * Posts that are cancelled or edited about the time when they are due, by the use cases that the command lines call and
 * by the command lines themselves: what the person was told must hold. `--trials 1000 --seed 1 --commands 50 --every 60`
 * (milliseconds between two due times). Prints what came of the trials; exits 1 on a breach.
 */
import { parseArgs } from "node:util";
import { race } from "./support/race.ts";
import { planRaces } from "./support/race-plan.ts";
import { OUTCOMES, RACE_BREACHES, type Raced } from "./support/race-verdict.ts";
import { seeded } from "./support/random.ts";
import { templateServer } from "./support/server.ts";
import { figure } from "./support.ts";

const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    commands: { type: "string", default: "50" },
    every: { type: "string", default: "60" },
  },
});
/** A thread keeps other posts of its account waiting, which would take them away from their time. */
const ACCOUNTS = 80;

const plans = planRaces(seeded(Number(values.seed)), {
  count: Number(values.trials),
  commands: Number(values.commands),
  accounts: ACCOUNTS,
  waits: true,
});
const server = await templateServer();
try {
  const { races, breaches, seconds } = await race(plans, ACCOUNTS, Number(values.every));
  console.log(`seed ${values.seed}: ${races.length} trials, ${Math.round(seconds)} s\n`);
  table(races);
  for (const { kind, race: one, what } of breaches.slice(0, 20))
    console.log(`${kind}: trial ${one.plan.n} (${nameOf(one)}, ${one.told}), post ${one.post.id}: ${what}`);
  const edits = races.filter(({ told }) => told === "edited");
  console.log("");
  figure("done by a command line", String(races.filter(({ plan }) => plan.by === "command").length));
  figure("edited posts approved again", String(edits.filter((one) => one.requestsWhenApproved !== undefined).length));
  for (const kind of RACE_BREACHES) figure(kind, String(breaches.filter((one) => one.kind === kind).length), "0");
  process.exitCode = breaches.length === 0 ? 0 : 1;
} finally {
  await server.stop();
}
process.exit();

function nameOf({ plan: { act, tweets, about } }: Raced): string {
  return `${act}, ${tweets === 1 ? "single" : "thread of 3"}, about ${about}`;
}

function table(races: readonly Raced[]): void {
  console.log(`${"".padEnd(42)} trials ${OUTCOMES.map((outcome) => outcome.padStart(9)).join("")}`);
  for (const [name, some] of [...Map.groupBy(races, nameOf)].sort(([a], [b]) => a.localeCompare(b))) {
    const counts = OUTCOMES.map((outcome) => some.filter(({ told }) => told === outcome).length);
    console.log(
      `${name.padEnd(42)} ${String(some.length).padStart(6)} ${counts.map((n) => String(n).padStart(9)).join("")}`,
    );
  }
}
