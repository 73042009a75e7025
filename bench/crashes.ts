/**
 * psn's first promise, tried to break: every process killed at every place of publishing, workers that stand still, the
 * database killed, commands killed. Prints each trial, what was breached, and the times to recovery; exits 1 on a breach.
 * `--at-once 6 --kills 60 --only matrix,frozen,stories,blackout,commands`.
 */
import { parseArgs } from "node:util";
import { BLACKOUTS, blackOut, describeBlackout } from "./support/blackout.ts";
import { crash, describePlace } from "./support/crash.ts";
import { describeFrozen, FROZEN, freeze } from "./support/frozen.ts";
import { eachOf, interruptAt, interruptCancel, interruptPublish, STEPS } from "./support/interrupted.ts";
import { MATRIX } from "./support/matrix.ts";
import { templateServer } from "./support/server.ts";
import { openStage } from "./support/stage.ts";
import { STORIES } from "./support/stories.ts";
import { BREACHES, type Breach, judge } from "./support/verdict.ts";
import { figure, ms, quantile } from "./support.ts";

const { values } = parseArgs({
  options: {
    "at-once": { type: "string", default: "6" },
    kills: { type: "string", default: "60" },
    only: { type: "string", default: "matrix,frozen,stories,blackout,commands" },
  },
});
const atOnce = Number(values["at-once"]);
const kills = Number(values.kills);

interface Row {
  readonly name: string;
  readonly breaches: readonly Breach[];
  /** What went wrong with the trial itself. */
  readonly failure?: string;
  readonly takeoverMs?: number;
  readonly recoveryMs?: number;
}

const rows: Row[] = [];

function told(row: Row): void {
  rows.push(row);
  const times = [row.takeoverMs, row.recoveryMs].map((time) =>
    time === undefined || Number.isNaN(time) ? "" : ms(time),
  );
  const verdict =
    row.failure ?? (row.breaches.length === 0 ? "ok" : [...new Set(row.breaches.map(({ kind }) => kind))].join(", "));
  console.log(`${row.name.padEnd(64)} ${(times[0] ?? "").padStart(9)} ${(times[1] ?? "").padStart(9)}   ${verdict}`);
  for (const { post, what } of row.breaches) console.log(`    ${post}: ${what}`);
}

/** A trial that can't be carried out is a failure too: nothing is known then. */
async function tried(name: string, trial: () => Promise<Omit<Row, "name">>): Promise<void> {
  try {
    told({ name, ...(await trial()) });
  } catch (error) {
    told({ name, breaches: [], failure: error instanceof Error ? error.message : String(error) });
  }
}

const parts: Readonly<Record<string, () => Promise<unknown>>> = {
  matrix: () =>
    eachOf(MATRIX.length, atOnce, async (n) => {
      const trial = MATRIX[n];
      if (trial === undefined) return;
      await tried(`${trial.shape}: ${describePlace(trial.place)}`, async () => {
        const [result] = await crash([trial]);
        return result ?? { breaches: [], failure: "no result" };
      });
    }),
  frozen: () =>
    eachOf(FROZEN.length, atOnce, async (n) => {
      const frozen = FROZEN[n];
      if (frozen === undefined) return;
      await tried(`worker stands still: ${describeFrozen(frozen)}`, async () => {
        const { breaches, sentAwake, recoveryMs } = await freeze(frozen);
        return {
          breaches,
          recoveryMs,
          ...(sentAwake === 0 ? {} : { failure: `it sent ${sentAwake} when it woke up` }),
        };
      });
    }),
  stories: () => Promise.all(Object.entries(STORIES).map(([name, story]) => tried(name, story))),
  blackout: () =>
    eachOf(BLACKOUTS.length, Math.min(atOnce, 3), async (n) => {
      const blackout = BLACKOUTS[n];
      if (blackout !== undefined) await tried(describeBlackout(blackout), () => blackOut(blackout));
    }),
  commands: async () => {
    for (const table of STEPS) {
      await tried(`psn publish, as it writes ${table}`, async () => {
        const stage = await openStage();
        try {
          const { status, post } = await interruptAt(stage, table, "Killed");
          await stage.person.ok(["publish", post.id, "--expect", post.seal, "--wait"]);
          const breaches = await judge(stage.person.database.sql, stage.world, [post]);
          return { breaches, ...(status === "draft" ? {} : { failure: `the post was ${status}` }) };
        } finally {
          await stage.leave();
        }
      });
    }
    for (const [name, run] of [
      ["psn publish", () => interruptPublish(kills)],
      ["psn cancel, of a scheduled post", () => interruptCancel("scheduled", kills)],
      ["psn cancel, of a thread going out", () => interruptCancel("thread", kills)],
    ] as const) {
      await tried(`${name}, killed at ${kills} moments of its life`, async () => {
        const { before, after, finished, breaches } = await run();
        console.log(`  (${before} before it had done anything, ${after} after, ${finished} had ended)`);
        return { breaches };
      });
    }
  },
};

const began = performance.now();
const server = await templateServer();
try {
  console.log(`${"killed".padEnd(64)} ${"takeover".padStart(9)} ${"recovery".padStart(9)}   breaches`);
  for (const name of values.only.split(",")) await parts[name]?.();
} finally {
  await server.stop();
}
const counted = (times: readonly (number | undefined)[]) =>
  times.filter((time) => time !== undefined && !Number.isNaN(time)).map(Number);
const takeovers = counted(rows.map(({ takeoverMs }) => takeoverMs));
const recoveries = counted(rows.map(({ recoveryMs }) => recoveryMs));
console.log(`\n${rows.length} trials in ${Math.round((performance.now() - began) / 1000)} s`);
for (const kind of BREACHES)
  figure(kind, String(rows.flatMap(({ breaches }) => breaches).filter((b) => b.kind === kind).length), "0");
figure("trials that could not be carried out", String(rows.filter(({ failure }) => failure !== undefined).length), "0");
figure("another process holds the post, p50", ms(quantile(takeovers, 0.5)));
figure("another process holds the post, p99", ms(quantile(takeovers, 0.99)), "15000 ms");
figure("the post is out as a whole, p50", ms(quantile(recoveries, 0.5)));
figure("the post is out as a whole, p99", ms(quantile(recoveries, 0.99)));
process.exit(rows.every(({ breaches, failure }) => breaches.length === 0 && failure === undefined) ? 0 : 1);
