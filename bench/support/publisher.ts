/**
 * One of several publishers of the same database, for the soak and the races: what a worker does, without the lock that
 * lets only one worker serve a database. Delivers some alarms twice, and some to itself that another publisher has.
 * `PSN_SOAK_SEED` decides which; `PSN_SOAK_CLOCK` how far its clock is set wrong now and then, in milliseconds.
 */
import { pressHere } from "../../src/cli/support/press.ts";
import { openDatabaseSession } from "../../src/cli/support/session.ts";
import { readEnvironment } from "../../src/config/environment.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { AlarmPayload } from "../../src/core/post/alarm.ts";
import { isConnectionLost } from "../../src/db/failures.ts";
import { openLocalEngine } from "../../src/engine/local/engine.ts";
import { JobPool } from "../../src/engine/local/pool.ts";
import { startRinging } from "../../src/engine/local/ringer.ts";
import { reconcile } from "../../src/publishing/reconcile.ts";
import { publishPost } from "../../src/publishing/run/publish.ts";
import { jumpingClock } from "./clock.ts";
import { between, seeded } from "./random.ts";

const AT_ONCE = 64;
const CONNECTIONS = 8;
const SWEEP_MS = 1_000;
/** Of alarms that ring twice in this process. */
const TWICE = 0.1;
/** Posts on their way whose alarm this process makes up, with every sweep. */
const STOLEN = 5;

const random = seeded(Number(process.env["PSN_SOAK_SEED"] ?? 1));
const session = await openDatabaseSession(loadConfig(readEnvironment()), { max: CONNECTIONS });
const wrongByMs = Number(process.env["PSN_SOAK_CLOCK"] ?? 0);
const now = wrongByMs > 0 ? jumpingClock(random, wrongByMs) : session.desk.now;
const engine = openLocalEngine(session.database.orm, now);
const desk = { ...session.desk, now, engine: () => Promise.resolve(engine) };
const press = await pressHere(loadConfig(readEnvironment()), desk);
const pool = new JobPool(AT_ONCE);

await startRinging(
  session.address,
  (alarm) => {
    deliver(alarm);
    if (random() < TWICE) setTimeout(() => deliver(alarm), between(random, 0, 300));
  },
  noteUnlessLost,
);
// It ends with the soak, however that ends.
for (const soak = process.ppid; process.ppid === soak; await Bun.sleep(SWEEP_MS)) {
  try {
    await reconcile(desk);
    for (const alarm of await othersAlarms()) deliver(alarm);
  } catch (error) {
    noteUnlessLost(error);
  }
}
process.exit(0);

function deliver(alarm: AlarmPayload): void {
  pool.add(() => publishPost(press, alarm).then(() => undefined, noteUnlessLost));
}

function othersAlarms(): Promise<AlarmPayload[]> {
  return session.database.sql<AlarmPayload[]>`
    select id as "postId", revision, alarm from posts
    where status in ('scheduled', 'publishing') and alarm_at < now() order by random() limit ${STOLEN}`;
}

/** A database that restarts is part of the plan; everything else is told to the soak, a line each. */
function noteUnlessLost(error: unknown): void {
  const what = error instanceof Error ? String(error) : Bun.inspect(error).replaceAll(/\s+/g, " ");
  if (isConnectionLost(error) || /Connection terminated|ECONNREFUSED|ECONNRESET|57P0[1-3]/.test(what)) return;
  const causes: string[] = [];
  for (let e = error; e instanceof Error; e = e.cause)
    causes.push(`${e.message.replaceAll(/\s+/g, " ").slice(0, 200)}`);
  const where = error instanceof Error ? error.stack?.match(/src\/[\w/.-]+:\d+/)?.[0] : undefined;
  console.log(`${causes.join(" < ") || what} (${where ?? "somewhere"})`);
}
