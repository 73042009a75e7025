/**
 * Processes that want the same expired access token at the same instant, round after round: X's refresh tokens are good
 * once, and one that comes again ends the whole sign-in. In some rounds one of them is killed (never between sending the
 * request and storing the answer), Postgres restarts or crashes, X answers late or with 503, or everybody has a single
 * connection. `--processes 8 --rounds 200 --seed 1`, `--hurry` to let dead processes' leases run out at once, `--away 0` for
 * how many seconds Postgres stays away. Exits 1 on a breach.
 */
import { parseArgs } from "node:util";
import { seeded } from "./support/random.ts";
import { planRefreshes, TROUBLES } from "./support/refreshing-plan.ts";
import { type Refreshed, raceRefreshes } from "./support/refreshing-race.ts";
import { figure, ms, quantile } from "./support.ts";

const { values } = parseArgs({
  options: {
    processes: { type: "string", default: "8" },
    rounds: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    hurry: { type: "boolean", default: false },
    away: { type: "string", default: "0" },
  },
});
/** Instead of psn's ten seconds, so that a round in which X answers late does not take long. */
const TIMEOUT_MS = 1_500;

const began = performance.now();
const { rounds, lost, reuses, complaints } = await raceRefreshes(
  planRefreshes(seeded(Number(values.seed)), Number(values.rounds)),
  {
    processes: Number(values.processes),
    timeoutMs: TIMEOUT_MS,
    hurry: values.hurry,
    awayMs: Number(values.away) * 1000,
  },
  ({ n, round, breaches }) => {
    for (const breach of breaches) console.log(`round ${n} (${round.trouble}): ${breach}`);
  },
);
console.log(
  `seed ${values.seed}: ${rounds.length} rounds of ${values.processes} processes, ${Math.round((performance.now() - began) / 1000)} s\n`,
);
table();
if (complaints !== "") console.log(`\nThe processes said:\n${complaints.slice(0, 4_000)}`);

const answered = rounds.filter(({ round }) => round.trouble !== "X answers 503");
const requests = sum(answered, ({ requests }) => requests);
const without = sum(rounds, (one) => one.without);
const inBreach = rounds.filter(({ breaches }) => breaches.length > 0).length;
console.log("");
figure("families of tokens lost", String(lost), "0");
figure(
  `refreshes per round (${answered.length} rounds without a 503)`,
  (requests / answered.length).toFixed(3),
  "1.000",
);
figure("refresh tokens that X saw twice", String(reuses), "0");
figure("processes that got no token in the end", String(without), "0");
figure("rounds with any of that", String(inBreach), "0");
figure("processes killed", String(sum(rounds, ({ deaths }) => deaths)));
figure("restarts and crashes of Postgres", String(sum(rounds, ({ restarts }) => restarts)));
figure("rounds with one connection a process", String(rounds.filter(({ round }) => round.oneConnection).length));
process.exit(lost === 0 && reuses === 0 && inBreach === 0 ? 0 : 1);

function sum(some: readonly Refreshed[], of: (one: Refreshed) => number): number {
  return some.reduce((total, one) => total + of(one), 0);
}

function table(): void {
  console.log(`${"".padEnd(28)} rounds  requests  asked again  round p50  longest`);
  for (const trouble of TROUBLES) {
    const some = rounds.filter(({ round }) => round.trouble === trouble);
    if (some.length === 0) continue;
    const times = some.map((one) => one.ms);
    const cells = [
      String(some.length).padStart(6),
      String(sum(some, ({ requests }) => requests)).padStart(9),
      String(sum(some, ({ again }) => again)).padStart(12),
      ms(quantile(times, 0.5)).padStart(10),
      ms(Math.max(...times)).padStart(8),
    ];
    console.log(`${trouble.padEnd(28)} ${cells.join(" ")}`);
  }
}
