import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "../db/connection.ts";
import type { PostRow } from "../db/posts.ts";
import { posts } from "../db/schema.ts";
import type { Alarm, Engine } from "../engine/port.ts";
import type { DeskParts } from "./parts.ts";

/** Held shared while a post is armed, and alone while the local worker decides that it may stop. */
export const ARMING_LOCK = 0x70736e02;

/**
 * Runs a transaction that may arm posts. An engine that lives in psn's database arms inside it, so that
 * row and alarm are one; any other is asked after the commit, and if the process dies in between,
 * `reconcile` finds the post by its missing run.
 */
export async function withArming<T>(
  parts: DeskParts,
  work: (tx: Tx, arm: (row: PostRow) => Promise<void>) => Promise<T>,
): Promise<T> {
  const engine = await parts.engine();
  const afterwards: Alarm[] = [];
  const result = await parts.orm.transaction(async (tx) => {
    return await work(tx, async (row) => {
      await tx.execute(sql`select pg_advisory_xact_lock_shared(${ARMING_LOCK})`);
      const alarm = alarmOf(row);
      if (engine.armIn === undefined) afterwards.push(alarm);
      else await noteRun(tx, engine, alarm, await engine.armIn(tx, alarm));
    });
  });
  for (const alarm of afterwards) await noteRun(parts.orm, engine, alarm, await engine.arm(alarm));
  return result;
}

function alarmOf(row: PostRow): Alarm {
  const { id, revision, alarm, alarmAt, accountId } = row;
  if (alarmAt === null || accountId === null) throw new Error(`post ${id} has no time or no account to be armed for`);
  return { postId: id, revision, alarm, at: alarmAt, accountId };
}

/** Only while the post still waits for this very alarm: a later one has a run of its own. */
async function noteRun(db: Tx | DeskParts["orm"], engine: Engine, alarm: Alarm, runId: string): Promise<void> {
  await db
    .update(posts)
    .set({ runId, engine: engine.name })
    .where(and(eq(posts.id, alarm.postId), eq(posts.revision, alarm.revision), eq(posts.alarm, alarm.alarm)));
}

/** Takes back an alarm that can do no harm any more; a failure here changes nothing. */
export async function disarmQuietly(parts: DeskParts, runId: string | null): Promise<void> {
  if (runId === null) return;
  try {
    await (await parts.engine()).disarm(runId);
  } catch (error) {
    // The revision has risen: when this run rings, the claim refuses it.
    if (!(error instanceof Error)) throw error;
  }
}
