import { sql } from "drizzle-orm";
import type { Queryable } from "./connection.ts";

/** Held for as long as a local worker lives, by its own session: the server lets go of it when the worker dies. */
export const WORKER_LOCK = 0x70736e03;

export interface RunningWorker {
  readonly pid: number;
  readonly host: string;
  readonly since: Date;
}

/** What the worker's session calls itself, so that others can tell who holds the lock. */
export const workerName = (pid: number, host: string): string => `psn worker ${pid} ${host}`.slice(0, 63);

/** The one local worker of this database, if it lives. */
export async function runningWorker(db: Queryable): Promise<RunningWorker | undefined> {
  const rows = await db.execute<{ name: string; since: string }>(sql`
    select a.application_name as name, a.backend_start as since
    from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = ${WORKER_LOCK} and l.objsubid = 1
      and l.database = (select oid from pg_database where datname = current_database())`);
  const [row] = rows;
  if (row === undefined) return undefined;
  const [, pid, host] = /^psn worker (\d+) (.*)$/.exec(row.name) ?? [];
  return { pid: Number(pid ?? 0), host: host ?? "", since: new Date(row.since) };
}

/** Whether a worker lives: as `runningWorker`, for every command to ask, without the view of all sessions. */
export async function isServed(db: Queryable): Promise<boolean> {
  const rows = await db.execute<{ served: boolean }>(sql`
    select exists (select from pg_locks l
      where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = ${WORKER_LOCK} and l.objsubid = 1
        and l.database = (select oid from pg_database where datname = current_database())) as served`);
  return rows[0]?.served === true;
}

/** Sessions of this database besides those that call themselves psn's worker or its queue. */
export async function otherSessions(db: Queryable): Promise<number> {
  const rows = await db.execute<{ n: string }>(sql`
    select count(*) as n from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and application_name not like 'psn worker%'`);
  return Number(rows[0]?.n ?? 0);
}
