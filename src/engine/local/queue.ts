import { type ConstructorOptions, PgBoss } from "pg-boss";
import type { DatabaseAddress } from "../../db/connection.ts";

/** The queue of alarms. A run is short: it hands the post to the publisher, whose lease takes over from there. */
export const QUEUE = "publish-post";

const QUEUE_OPTIONS = {
  retryLimit: 10,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 30,
  expireInSeconds: 60,
  // A waiting alarm must outlive any schedule; a finished one is kept a week, for `inspect`.
  retentionSeconds: 30 * 86_400,
  deleteAfterSeconds: 7 * 86_400,
  notify: true,
} as const;

export function connectionOf(address: DatabaseAddress): ConstructorOptions {
  return "url" in address ? { connectionString: address.url } : { ...address };
}

/** Makes pg-boss's own tables and the queue. Safe to repeat, and from many processes at once. */
export async function installQueue(address: DatabaseAddress): Promise<void> {
  const boss = new PgBoss({ ...connectionOf(address), max: 2, supervise: false, schedule: false });
  const problems: Error[] = [];
  boss.on("error", (error) => problems.push(error));
  await boss.start();
  try {
    await ensureQueue(boss);
  } finally {
    await boss.stop({ graceful: false });
  }
  const [problem] = problems;
  if (problem !== undefined) throw problem;
}

export async function ensureQueue(boss: PgBoss): Promise<void> {
  if ((await boss.getQueue(QUEUE)) === null) await boss.createQueue(QUEUE, QUEUE_OPTIONS);
}
