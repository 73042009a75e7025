import type { Sql } from "postgres";
import { findPlace } from "../../src/embedded/place.ts";
import { isServing, type PostmasterFile, readPostmasterFile } from "../../src/embedded/postmaster.ts";
import type { CrashPlan } from "../../tests/support/crashing-worker.ts";
import type { Household } from "../../tests/support/household.ts";
import { postgres } from "../driver.ts";
import { signedIn } from "../support.ts";
import { describePlace, killed, type Place } from "./crash.ts";
import { type Process, spawnWorker, until } from "./stage.ts";
import { type Breach, judge } from "./verdict.ts";
import type { Written } from "./writing.ts";

/** What is killed while X holds the fourth tweet of a thread or the worker has come so far: the database alone, or both. */
export interface Blackout {
  readonly dies: "worker and database" | "database";
  readonly place: Extract<Place, { point: string }> | (Extract<Place, { held: string }> & { readonly held: "tweets" });
}

export const BLACKOUTS: readonly Blackout[] = [
  { dies: "worker and database", place: { point: "after_intent", nth: 4 } },
  { dies: "worker and database", place: { point: "answered", nth: 4 } },
  { dies: "worker and database", place: { point: "stored", nth: 4 } },
  { dies: "worker and database", place: { held: "tweets", nth: 4, acts: "before" } },
  { dies: "worker and database", place: { held: "tweets", nth: 4, acts: "never" } },
  { dies: "database", place: { held: "tweets", nth: 4, acts: "before" } },
  { dies: "database", place: { held: "tweets", nth: 4, acts: "late" } },
];

export const describeBlackout = ({ dies, place }: Blackout): string => `${dies}, ${describePlace(place)}`;

const TWEETS = 7;
const RECOVERS_WITHIN_MS = 120_000;

/** On the embedded database, which syncs to disk. `psn status` is the next command that the person runs. */
export async function blackOut({
  dies,
  place,
}: Blackout): Promise<{ breaches: readonly Breach[]; recoveryMs: number }> {
  const { household, sandbox, leave } = await signedIn({ PSN_SETTLE_SECONDS: "1" });
  const { world } = sandbox;
  try {
    world.configure({ duplicateWindowMs: 0 });
    const texts = Array.from({ length: TWEETS }, (_, i) => `Blackout, tweet ${i + 1}.`);
    const { id, seal } = (await household.psn("draft --stdin --json", texts.join("\n---\n"))).json.data;
    const post: Written = { id, seal, tweets: texts.map((text) => ({ text, images: [] })) };
    if ("held" in place) {
      world.addFault({
        match: { method: "POST", path: "/2/tweets", nth: place.nth },
        action: { kind: "hold", when: place.acts === "before" ? "after" : "before" },
      });
    }
    const plan = "point" in place ? ({ signal: "SIGKILL", places: [place] } as const) : undefined;
    const worker = await startOnlyWorker(household, plan);
    await household.psn(["publish", id, "--expect", seal, "--json"]);
    if ("held" in place)
      await until("X holds the request", () => world.faults.view().some(({ holding }) => holding > 0));
    if (dies === "database") await killDatabase(household.stateDir);
    else {
      if ("held" in place) worker.kill("SIGKILL");
      await killed(worker);
      await killDatabase(household.stateDir);
    }
    const since = performance.now();
    // The worker that lives starts the database again by itself; X's answer comes in the meantime.
    if (dies === "database") {
      world.release();
      await until("the database is up again", () => postmaster(household.stateDir)?.status === "ready");
    } else await household.psn("status --json");
    const sql = await postgres(household);
    await until("the post ends", () => isOver(sql, id), RECOVERS_WITHIN_MS);
    const recoveryMs = performance.now() - since;
    const breaches = await judge(sql, world, [post]);
    await sql.end({ timeout: 1 });
    return { breaches, recoveryMs };
  } finally {
    await leave();
  }
}

/** In the place of the one that the first command started, and of any that was still starting. */
async function startOnlyWorker(household: Household, plan: CrashPlan | undefined): Promise<Process> {
  for (;;) {
    await household.psn("worker stop");
    const worker = spawnWorker(household.env, household.home, plan);
    const serves = async () => (await household.psn("worker status --json")).json.data.pid === worker.pid;
    await until("the worker serves or gives up", async () => worker.exitCode !== null || (await serves()));
    if (worker.exitCode === null) return worker;
  }
}

/** Returns when it is dead, and what it wrote of itself is gone: the next server writes it anew. */
async function killDatabase(stateDir: string): Promise<void> {
  const { pid } = postmaster(stateDir) ?? {};
  if (pid === undefined) throw new Error("no database runs");
  process.kill(pid, "SIGKILL");
  await until("the database is dead", () => postmaster(stateDir)?.pid !== pid);
}

/** The server that runs, also while it starts. */
function postmaster(stateDir: string): PostmasterFile | undefined {
  const place = findPlace(stateDir);
  const file = place === undefined ? undefined : readPostmasterFile(place.dataDir);
  return place !== undefined && file !== undefined && isServing(file, place.dataDir) ? file : undefined;
}

async function isOver(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql`select from posts where id = ${id} and status in ('published', 'failed')`;
  return rows.length > 0;
}
