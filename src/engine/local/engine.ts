import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import type { Orm, Queryable } from "../../db/connection.ts";
import type { Alarm, Engine, RunState } from "../port.ts";
import { QUEUE } from "./queue.ts";

/** The alarm clock on this machine: pg-boss, in psn's own database, rung by the worker process. */
export interface LocalEngine extends Engine {
  close(): Promise<void>;
}

/** The queue is looked at twice a second: ringing early leaves time to get ready for the instant. */
const RING_EARLY_MS = 2_000;

/** Uses the caller's connection; opens none of its own. `now` is the clock that the alarms' instants were read from. */
export async function openLocalEngine(orm: Orm, now: () => Date = () => new Date()): Promise<LocalEngine> {
  const boss = new PgBoss({ db: fromDrizzle(orm, sql), migrate: false, supervise: false, schedule: false });
  boss.on("error", () => undefined); // every call here also rejects with its own error
  await boss.start();

  const arm = async (db: Queryable, alarm: Alarm): Promise<string> => {
    const { at, accountId: _, ...payload } = alarm;
    const id = runIdOf(alarm);
    // The same alarm has the same id: arming it again after a lost answer changes nothing.
    // Told as seconds from now: the database's clock, which decides when a run is due, may differ from ours.
    const startAfter = Math.max(0, at.getTime() - now().getTime() - RING_EARLY_MS) / 1000;
    await boss.send(QUEUE, payload, { id, startAfter, db: fromDrizzle(db, sql) });
    return id;
  };

  return {
    name: "local",
    claimsWithinMs: 0,
    armIn: arm,
    arm: (alarm) => arm(orm, alarm),
    disarm: async (runId) => {
      await boss.cancel(QUEUE, runId);
    },
    inspect: async (runId): Promise<RunState> => {
      const [job] = await boss.findJobs(QUEUE, { id: runId });
      if (job === undefined) return "lost";
      if (job.state === "created" || job.state === "retry") return "waiting";
      return job.state === "active" ? "running" : "ended";
    },
    close: () => boss.stop({ graceful: false }),
  };
}

/** A UUID made of the alarm's identity (post, revision, alarm number). */
function runIdOf({ postId, revision, alarm }: Alarm): string {
  const hex = createHash("sha256").update(`psn|${postId}|${revision}|${alarm}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
