/**
 * psn's first promise, tried to break: workers killed at every place of publishing, workers that stand still, worker and
 * database killed together, commands killed. Prints each trial, then a table of what was breached and of the times to
 * recovery; exits 1 on a breach. `--repeat 5 --batch 8 --again 2 --at-once 3 --kills 60 --only matrix,frozen,blackout,stories,commands`.
 */
import { parseArgs } from "node:util";
import { BLACKOUTS, blackOut } from "./support/blackout.ts";
import { crash } from "./support/crash.ts";
import { known, printTable, type Row, trials } from "./support/crash-table.ts";
import { describeFrozen, FROZEN, freeze } from "./support/frozen.ts";
import { eachOf, interruptAt, interruptCancel, interruptPublish, STEPS } from "./support/interrupted.ts";
import { MATRIX } from "./support/matrix.ts";
import { labelOf } from "./support/places.ts";
import { templateServer } from "./support/server.ts";
import { openStage } from "./support/stage.ts";
import { STORIES } from "./support/stories.ts";
import { judge } from "./support/verdict.ts";
import { figure, ms, quantile } from "./support.ts";

const { values } = parseArgs({
  options: {
    repeat: { type: "string", default: "5" },
    batch: { type: "string", default: "8" },
    again: { type: "string", default: "2" },
    "at-once": { type: "string", default: "3" },
    kills: { type: "string", default: "60" },
    only: { type: "string", default: "matrix,frozen,blackout,stories,commands" },
  },
});
const atOnce = Number(values["at-once"]);
const kills = Number(values.kills);
/** How often each place of the matrix is tried, and everything else. */
const repeat = Number(values.repeat);
const again = Number(values.again);
/** So many posts are published by the worker that is killed, each killed at its own place. */
const batch = Number(values.batch);
const rows: Row[] = [];

function tell(row: Row): void {
  rows.push(row);
  const kinds = [...new Set(row.breaches.map(({ kind }) => kind))].join(", ");
  const time = row.recoveryMs === undefined || Number.isNaN(row.recoveryMs) ? "" : ms(row.recoveryMs);
  const verdict = row.failure ?? (kinds === "" ? "ok" : kinds);
  console.log(`${row.place.padEnd(70)} ${row.shape.padEnd(7)} ${time.padStart(9)}   ${verdict}`);
  for (const { post, what } of row.breaches) console.log(`    ${post}: ${what}`);
}

type Name = Pick<Row, "place" | "shape">;

async function tried(name: Name, trial: () => Promise<Omit<Row, keyof Name>>): Promise<void> {
  try {
    tell({ ...name, ...(await trial()) });
  } catch (error) {
    tell({ ...name, breaches: [], failure: error instanceof Error ? error.message : String(error) });
  }
}

/** Every trial so often, `some` at a time. */
async function eachTime<T>(trials: readonly T[], some: number, work: (trial: T) => Promise<void>): Promise<void> {
  const all = Array.from({ length: again }, () => trials).flat();
  await eachOf(all.length, some, async (n) => {
    const trial = all[n];
    if (trial !== undefined) await work(trial);
  });
}

async function matrix(): Promise<void> {
  const all = Array.from({ length: repeat }, () => MATRIX).flat();
  await eachOf(Math.ceil(all.length / batch), atOnce, async (n) => {
    const some = all.slice(n * batch, (n + 1) * batch);
    try {
      for (const { trial, ...result } of await crash(some))
        tell({ place: labelOf(trial.place), shape: trial.shape, ...result });
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      for (const { shape, place } of some) tell({ place: labelOf(place), shape, breaches: [], failure });
    }
  });
}

const frozen = (): Promise<void> =>
  eachTime(FROZEN, atOnce + 1, (one) =>
    tried({ place: `worker stands still: ${describeFrozen(one)}`, shape: one.shape }, async () => {
      const { breaches, sentAwake, recoveryMs } = await freeze(one);
      const failure = sentAwake === 0 ? {} : { failure: `it sent ${sentAwake} when it woke up` };
      return { breaches, recoveryMs, ...failure };
    }),
  );

const blackout = (): Promise<void> =>
  eachTime(BLACKOUTS, atOnce, (one) =>
    tried({ place: `${one.dies}: ${labelOf(one.place)}`, shape: one.shape }, () => blackOut(one)),
  );

const stories = (): Promise<void> =>
  eachTime(Object.entries(STORIES), atOnce + 1, ([place, story]) => tried({ place, shape: "thread" }, story));

async function commands(): Promise<void> {
  await eachTime(STEPS, 1, async (table) => {
    await tried({ place: `psn publish, as it writes ${table}`, shape: "single" }, () => published(table));
    await tried({ place: `psn cancel, as it writes ${table}`, shape: "single" }, () => cancelled(table));
  });
  for (const [place, shape, run] of [
    ["psn publish, at any moment", "single", () => interruptPublish(kills)],
    ["psn cancel of a scheduled post, at any moment", "single", () => interruptCancel("scheduled", kills)],
    ["psn cancel of a thread going out, at any moment", "thread", () => interruptCancel("thread", kills)],
  ] as const) {
    await tried({ place, shape }, async () => {
      const { before, after, finished, breaches } = await run();
      console.log(`  (${before} before it had done anything, ${after} after, ${finished} had ended)`);
      return { breaches, trials: kills };
    });
  }
}

/** It had approved nothing, and is repeated. */
async function published(table: (typeof STEPS)[number]): Promise<Omit<Row, keyof Name>> {
  const stage = await openStage();
  try {
    const { status, post } = await interruptAt(stage, "publish", table, "Killed");
    if (status !== "draft") return { breaches: [], failure: `the post was ${status}` };
    await stage.person.ok(["publish", post.id, "--expect", post.seal, "--wait"]);
    return { breaches: await judge(stage.person.database.sql, stage.world, [post]) };
  } finally {
    await stage.leave();
  }
}

/** It had either cancelled the post as a whole, or the post goes out as a whole. */
async function cancelled(table: (typeof STEPS)[number]): Promise<Omit<Row, keyof Name>> {
  const stage = await openStage();
  try {
    const { status, post } = await interruptAt(stage, "cancel", table, "Killed");
    const wanted = table === "pgboss.job" ? "draft" : "scheduled";
    if (status !== wanted) return { breaches: [], failure: `the post was ${status}` };
    await stage.person.ok("status");
    if (status === "draft") await Bun.sleep(10_000);
    else await stage.person.until(post.id, (data) => data.status === "published", 60_000);
    const out = stage.world.journal.attempts().length;
    if (status === "draft" && out > 0) return { breaches: [], failure: "it was sent though it was cancelled" };
    return {
      breaches: await judge(
        stage.person.database.sql,
        stage.world,
        [post],
        status === "draft" ? "stopped" : "published",
      ),
    };
  } finally {
    await stage.leave();
  }
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = { matrix, frozen, blackout, stories, commands };

const began = performance.now();
const server = await templateServer();
try {
  for (const name of values.only.split(",")) await PARTS[name]?.();
} finally {
  await server.stop();
}
printTable(rows);
const takeovers = known(rows.map(({ takeoverMs }) => takeoverMs));
console.log(`\n${trials(rows)} trials in ${Math.round((performance.now() - began) / 1000)} s`);
if (takeovers.length > 0) {
  figure("another process holds the post, p50", ms(quantile(takeovers, 0.5)));
  figure("another process holds the post, p99", ms(quantile(takeovers, 0.99)), "15000 ms");
}
process.exit(rows.every(({ breaches, failure }) => breaches.length === 0 && failure === undefined) ? 0 : 1);
