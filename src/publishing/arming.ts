import { and, eq, sql } from "drizzle-orm";
import { PsnError } from "../core/errors.ts";
import type { Tx } from "../db/connection.ts";
import type { PostRow } from "../db/posts.ts";
import { posts } from "../db/schema.ts";
import type { Alarm, Engine } from "../engine/port.ts";
import type { DeskParts } from "./parts.ts";

/** Held shared while a post is armed, and alone while the local worker decides that it may stop. */
export const ARMING_LOCK = 0x70736e02;

/**
 * Runs a transaction that may arm posts. An engine that lives in psn's database arms inside it, so that row and alarm
 * are one. Any other is asked after the commit; where that fails, or the process dies in between, `reconcile` finds
 * the post by its missing run.
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
      if (engine.armIn !== undefined) return noteRun(tx, engine, alarm, await engine.armIn(tx, alarm));
      await noteRun(tx, engine, alarm, null);
      afterwards.push(alarm);
    });
  });
  try {
    for (const alarm of afterwards) await armNoted(parts, engine, alarm);
  } catch (error) {
    if (!isEngineFailure(error)) throw error;
    parts.onUnarmed(error);
  }
  return result;
}

/** Sets the alarm of a post that is stored as armed. The same alarm again is the same run. */
async function armNoted(parts: DeskParts, engine: Engine, alarm: Alarm): Promise<void> {
  await noteRun(parts.orm, engine, alarm, await engine.arm(alarm));
}

/**
 * Sets the alarm of a post whose run was never noted once more, in the same words: where only the answer was lost, the
 * engine has that run and makes no second one. False: the post moved on, or the engine has something else under its key.
 */
export async function armAgain(parts: DeskParts, row: PostRow): Promise<boolean> {
  const engine = await parts.engine();
  const alarm = alarmOf(row);
  // One that is due is rung anew: a key that rang already rings no more.
  if (engine.armIn !== undefined || alarm.at <= parts.now()) return false;
  try {
    await armNoted(parts, engine, alarm);
    return true;
  } catch (error) {
    if (isEngineFailure(error) && error.details?.["taken"] === true) return false;
    throw error;
  }
}

export const isEngineFailure = (error: unknown): error is PsnError =>
  error instanceof PsnError && error.code === "engine_unavailable";

function alarmOf(row: PostRow): Alarm {
  const { id, revision, alarm, alarmAt, accountId } = row;
  if (alarmAt === null || accountId === null) throw new Error(`post ${id} has no time or no account to be armed for`);
  return { postId: id, revision, alarm, at: alarmAt, accountId };
}

/** Only while the post still waits for this very alarm: a later one has a run of its own. */
async function noteRun(db: Tx | DeskParts["orm"], engine: Engine, alarm: Alarm, runId: string | null): Promise<void> {
  await db
    .update(posts)
    .set({ runId, engine: engine.name })
    .where(and(eq(posts.id, alarm.postId), eq(posts.revision, alarm.revision), eq(posts.alarm, alarm.alarm)));
}

/** The run of an alarm, and the engine that has it. */
export type Armed = Pick<PostRow, "runId" | "engine">;

/** Takes back an alarm that can do no harm any more; a failure here changes nothing. */
export async function disarmQuietly(parts: DeskParts, armed: Armed | undefined): Promise<void> {
  if (armed === undefined || armed.runId === null) return;
  try {
    await (await parts.engine(armed.engine ?? parts.engineName)).disarm(armed.runId);
  } catch (error) {
    // The revision has risen: when this run rings, the claim refuses it.
    if (!(error instanceof Error)) throw error;
  }
}
