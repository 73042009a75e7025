/**
 * One of several publishers of the same database, for the soak: what a worker does, without the lock that lets only one
 * worker serve a database. Delivers some alarms twice, and some to itself that another publisher has.
 */
import { openPress } from "../../src/cli/support/press.ts";
import { openDatabaseSession } from "../../src/cli/support/session.ts";
import { readEnvironment } from "../../src/config/environment.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { AlarmPayload } from "../../src/core/post/alarm.ts";
import { isConnectionLost } from "../../src/db/failures.ts";
import { JobPool } from "../../src/engine/local/pool.ts";
import { startRinging } from "../../src/engine/local/ringer.ts";
import { reconcile } from "../../src/publishing/reconcile.ts";
import { publishPost } from "../../src/publishing/run/publish.ts";
import { between, seeded } from "./random.ts";

const AT_ONCE = 24;
const CONNECTIONS = 8;
const SWEEP_MS = 1_000;
/** Of alarms that ring twice in this process. */
const TWICE = 0.1;
/** Posts on their way whose alarm this process makes up, with every sweep. */
const STOLEN = 5;

const random = seeded(Number(process.env["PSN_SOAK_SEED"] ?? 1));
const session = await openDatabaseSession(loadConfig(readEnvironment()), { max: CONNECTIONS });
const press = await openPress(loadConfig(readEnvironment()), session);
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
    await reconcile(session.desk);
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
  if (isConnectionLost(error) || /Connection terminated/.test(String(error))) return;
  const causes: string[] = [];
  for (let e = error; e instanceof Error; e = e.cause)
    causes.push(`${e.message.replaceAll(/\s+/g, " ").slice(0, 200)}`);
  const where = error instanceof Error ? error.stack?.match(/src\/[\w/.-]+:\d+/)?.[0] : undefined;
  console.log(`${causes.join(" < ") || String(error)} (${where ?? "somewhere"})`);
}
