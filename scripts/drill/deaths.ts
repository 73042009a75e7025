import type { Drill } from "./drill.ts";
import { databaseOf, isGone, keeperOf, signal, standsStill } from "./processes.ts";
import type { Scene } from "./scene.ts";

const PUBLISHED = { status: "published", subStatus: null } as const;
const COPIES = 7;
const AWAY_SECONDS = 5;

/** Processes that die or stand still, a network that is gone, an alarm that rings too often. */
export const DEATHS: readonly Drill[] = [
  {
    name: "worker-killed",
    thrown: "worker killed in a thread",
    means: "SIGKILL while X takes the third tweet of five. Another worker finds that tweet on X and sends the rest.",
    tweets: 5,
    expects: { ...PUBLISHED, out: 5 },
    alone: true,
    act: workerKilled,
  },
  {
    name: "power-cut",
    thrown: "worker and database killed",
    means: "SIGKILL to all of psn at once in the middle of a thread, as in a power cut. The next psn command mends it.",
    tweets: 5,
    expects: { ...PUBLISHED, out: 5 },
    alone: true,
    act: powerCut,
  },
  {
    name: "worker-frozen",
    thrown: "worker frozen, then awake",
    means: "SIGSTOP until another worker has taken the post over and ended it. The one that wakes up sends nothing.",
    tweets: 5,
    expects: { ...PUBLISHED, out: 5 },
    alone: true,
    act: workerFrozen,
  },
  {
    name: "x-away",
    thrown: "no connection to X for 5 s",
    means: "Connections to X are refused, then they work again. Nothing had left, so psn just tries again.",
    tweets: 2,
    expects: { ...PUBLISHED, out: 2 },
    alone: true,
    act: xAway,
  },
  {
    name: "same-alarm",
    thrown: "the same alarm rings 8 times",
    means: "The alarm of a scheduled post is delivered eight times at its instant. One of them publishes.",
    tweets: 3,
    expects: { ...PUBLISHED, out: 3 },
    within: 70,
    act: sameAlarm,
  },
];

async function workerKilled(scene: Scene): Promise<void> {
  const third = scene.fault({ on: "create", nth: 3, action: { kind: "hold", when: "after" } });
  await scene.publish();
  await scene.held(third);
  await kill(scene, await scene.stage.worker());
  scene.letGo(third);
}

/** X never takes the tweet that was on its way. */
async function powerCut(scene: Scene): Promise<void> {
  const third = scene.fault({ on: "create", nth: 3, action: { kind: "hold", next: { kind: "drop", when: "before" } } });
  await scene.publish();
  await scene.held(third);
  const worker = await scene.stage.worker();
  const database = databaseOf(scene.stage.household.stateDir);
  if (database === undefined) throw new Error("no database runs");
  await kill(scene, keeperOf(worker), worker, database);
  await scene.stage.disconnect();
  scene.letGo(third);
  await scene.stage.ok(["status"]);
}

async function workerFrozen(scene: Scene): Promise<void> {
  const third = scene.fault({ on: "create", nth: 3, action: { kind: "hold", when: "after" } });
  await scene.publish();
  await scene.held(third);
  const worker = await scene.stage.worker();
  signal(worker, "SIGSTOP");
  await scene.until("the worker stands still", () => standsStill(worker));
  // X's answer waits for it; the database, as with a client that has fallen silent, closes the session that says who serves.
  scene.letGo(third);
  const sql = await scene.stage.sql();
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name like ${`psn worker ${worker} %`}`;
  await scene.stage.ok(["status"]);
  await scene.settled();
  const sent = scene.requests().length;
  signal(worker, "SIGCONT");
  await scene.until("the worker that woke up ends", () => isGone(worker));
  scene.check("the worker that woke up sent something", scene.requests().length === sent);
}

async function xAway(scene: Scene): Promise<void> {
  await scene.stage.x.unplug();
  await scene.publish();
  await scene.until("psn tries again", async () => /retry_/.test(await scene.state()));
  await scene.sleep(AWAY_SECONDS);
  await scene.stage.x.plugIn();
}

async function sameAlarm(scene: Scene): Promise<void> {
  await scene.schedule("in 10 seconds");
  const sql = await scene.stage.sql();
  const copies = await sql`
    insert into pgboss.job
    select (jsonb_populate_record(j, jsonb_build_object('id', gen_random_uuid()))).*
    from pgboss.job j, generate_series(1, ${COPIES})
    where j.data->>'postId' = ${scene.id} and j.state = 'created'
    returning id`;
  if (copies.length !== COPIES) throw new Error("the alarm had rung already");
  await scene.settled();
  await scene.until("all of them have rung", async () => {
    const waiting = await sql`
      select from pgboss.job where data->>'postId' = ${scene.id} and state in ('created', 'retry', 'active')`;
    return waiting.length === 0;
  });
}

async function kill(scene: Scene, ...pids: number[]): Promise<void> {
  for (const pid of pids) signal(pid, "SIGKILL");
  await scene.until("they are dead", () => pids.every(isGone));
}
