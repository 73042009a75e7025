import { PgBoss } from "pg-boss";
import { type AlarmPayload, alarmPayload } from "../../core/post/alarm.ts";
import type { DatabaseAddress } from "../../db/connection.ts";
import { connectionOf, ensureQueue, QUEUE } from "./queue.ts";

export interface Ringer {
  stop(): Promise<void>;
}

/** As many alarms as one look at the queue takes; more are looked for at once. */
const BATCH = 200;
/** The shortest that pg-boss takes: alarms ring at most this late, and half of it on average. */
const POLL_SECONDS = 0.5;

/**
 * Rings every alarm whose time has come. A run ends as soon as it has rung: from then on the post's lease is
 * what counts, and `reconcile` hands on what a dead process left.
 */
export async function startRinging(
  address: DatabaseAddress,
  ring: (alarm: AlarmPayload) => void,
  problem: (error: unknown) => void,
): Promise<Ringer> {
  const boss = new PgBoss({
    ...connectionOf(address),
    application_name: "psn worker queue",
    max: 3,
    schedule: false,
    useListenNotify: true,
  });
  boss.on("error", problem);
  await boss.start();
  await ensureQueue(boss);
  await boss.work(
    QUEUE,
    {
      batchSize: BATCH,
      pollingIntervalSeconds: POLL_SECONDS,
      notifyPollingIntervalSeconds: POLL_SECONDS,
      burstWhenBatchFull: true,
    },
    async (jobs) => {
      for (const job of jobs) {
        const alarm = alarmPayload.safeParse(job.data);
        if (alarm.success) ring(alarm.data);
        else problem(new Error(`run ${job.id} carries no alarm`));
      }
    },
  );
  return { stop: () => boss.stop({ graceful: true, timeout: 5_000 }) };
}
