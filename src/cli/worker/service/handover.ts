import type { Database } from "../../../db/connection.ts";
import { WORKER_LOCK } from "../../../db/worker.ts";

/** Held, shared, by a service's worker for as long as it waits for its turn. */
const WAITING_LOCK = 0x70736e04;
const LOOK_MS = 500;

type Guard = Database["sql"];

/** Takes the lock that makes one worker of many; false when another holds it. `guard` has one connection. */
export async function tryTurn(guard: Guard): Promise<boolean> {
  const [row] = await guard<{ ok: boolean }[]>`select pg_try_advisory_lock(${WORKER_LOCK}) as ok`;
  return row?.ok === true;
}

/** Waits until the lock is this session's, and lets the holder know; false when `signal` comes first. */
export async function waitForTurn(guard: Guard, signal: AbortSignal): Promise<boolean> {
  await guard`select pg_advisory_lock_shared(${WAITING_LOCK})`;
  while (!(await tryTurn(guard))) {
    if (signal.aborted) return false;
    await Bun.sleep(LOOK_MS);
  }
  await guard`select pg_advisory_unlock_shared(${WAITING_LOCK})`;
  return true;
}

/** Whether a service's worker waits for the lock: it stays, so one that was started on demand makes room. */
export async function isAwaited(guard: Guard): Promise<boolean> {
  const rows = await guard`
    select 1 from pg_locks
    where locktype = 'advisory' and granted and classid = 0 and objid = ${WAITING_LOCK} and objsubid = 1
      and database = (select oid from pg_database where datname = current_database())`;
  return rows.length > 0;
}

/** Lets go of the lock while the worker still lives: what is being published goes on, under its own lease. */
export async function giveTurn(guard: Guard): Promise<void> {
  await guard`select pg_advisory_unlock(${WORKER_LOCK})`;
}
