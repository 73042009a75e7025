import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import { findPlace } from "../../src/embedded/place.ts";
import { isServing, type PostmasterFile, readPostmasterFile } from "../../src/embedded/postmaster.ts";
import type { PublishPoint } from "../../src/publishing/parts.ts";
import type { CrashPlan } from "../../tests/support/crashing-worker.ts";
import type { Household } from "../../tests/support/household.ts";
import { postgres } from "../driver.ts";
import { signedIn } from "../support.ts";
import { killed } from "./crash.ts";
import { faultFor, type Place, planFor } from "./places.ts";
import { type Process, spawnWorker, until } from "./stage.ts";
import { type Breach, judge } from "./verdict.ts";
import { pictures, type Shape, tweetsOf, type Written } from "./writing.ts";

/** What is killed while X holds a tweet or the worker has come so far: the database alone, or both. */
export interface Blackout {
  readonly dies: "worker and database" | "database";
  readonly shape: Shape;
  readonly place: Place;
}

const BOTH: Readonly<Record<Shape, readonly Place[]>> = {
  single: [...points(1, "before_intent", "after_intent", "answered", "stored", "before_wait"), ...held(1)],
  thread: [
    ...points(4, "before_intent", "after_intent", "answered", "stored", "between_tweets", "before_wait"),
    ...held(4),
  ],
  images: [
    ...points(2, "before_upload", "uploaded"),
    ...points(3, "before_intent", "after_intent", "answered", "stored"),
    ...held(3),
    { held: "upload", nth: 2, acts: "before" },
  ],
};

export const BLACKOUTS: readonly Blackout[] = [
  ...(["single", "thread", "images"] as const).flatMap((shape) =>
    BOTH[shape].map((place) => ({ dies: "worker and database", shape, place }) as const),
  ),
  { dies: "database", shape: "thread", place: { held: "tweets", nth: 4, acts: "before" } },
  { dies: "database", shape: "thread", place: { held: "tweets", nth: 4, acts: "late" } },
];

function points(nth: number, ...names: readonly PublishPoint[]): Place[] {
  return names.map((point) => ({ point, nth }));
}

function held(nth: number): Place[] {
  return (["before", "never"] as const).map((acts) => ({ held: "tweets", nth, acts }));
}

const RECOVERS_WITHIN_MS = 120_000;

/** On the embedded database, which syncs to disk. `psn status` is the next command that the person runs. */
export async function blackOut({
  dies,
  shape,
  place,
}: Blackout): Promise<{ breaches: readonly Breach[]; recoveryMs: number }> {
  const { household, sandbox, leave } = await signedIn({ PSN_SETTLE_SECONDS: "1" });
  const { world } = sandbox;
  try {
    world.configure({ duplicateWindowMs: 0 });
    const post = await writeByCommand(household, shape);
    const fault = faultFor(place, MARK);
    if (fault !== undefined) world.addFault(fault);
    const worker = await startOnlyWorker(household, planFor(place));
    await household.psn(["publish", post.id, "--expect", post.seal, "--json"]);
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
    await until("the post ends", () => isOver(sql, post.id), RECOVERS_WITHIN_MS);
    const recoveryMs = performance.now() - since;
    const breaches = await judge(sql, world, [post]);
    await sql.end({ timeout: 1 });
    return { breaches, recoveryMs };
  } finally {
    await leave();
  }
}

const MARK = "Blackout";

/** As `write`, by the command lines. */
async function writeByCommand(household: Household, shape: Shape): Promise<Written> {
  const tweets = tweetsOf(shape, MARK).map(({ text, images }) => ({ text, images: pictures(text, images) }));
  const files = tweets.map(({ images }) =>
    images.map(({ image, bytes }) => {
      const path = join(household.home, image.fileName);
      writeFileSync(path, bytes);
      return path;
    }),
  );
  const [first = [], ...rest] = files;
  const images = first.flatMap((path) => ["--image", path]);
  const text = tweets.map((tweet) => tweet.text).join("\n---\n");
  let { id, seal } = (await household.psn(["draft", "--stdin", ...images], text, true)).json.data;
  for (const [index, paths] of rest.entries()) {
    for (const path of paths)
      ({ id, seal } = (await household.psn(["attach", id, "--tweet", String(index + 2), path, "--json"])).json.data);
  }
  return {
    id,
    seal,
    tweets: tweets.map((tweet) => ({ text: tweet.text, images: tweet.images.map(({ image }) => image.sha256) })),
  };
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
