import type { Sql } from "postgres";
import type { AlarmPayload } from "../../src/core/post/alarm.ts";
import type { PressParts } from "../../src/publishing/parts.ts";
import { reconcile } from "../../src/publishing/reconcile.ts";
import { publishPost } from "../../src/publishing/run/publish.ts";

/** Time that passes when it is told to: in publishing's parts, and for every `now()` of the person's database. */
export interface PassingTime {
  readonly parts: PressParts;
  now(): Date;
  pass(ms: number): Promise<void>;
  /** Rings every alarm at its time and sweeps once a minute, as a worker does, for so long. */
  live(ms: number, meanwhile?: () => Promise<void>): Promise<void>;
  /** What happens whenever psn waits. */
  onSleep(act: () => void): void;
}

const SWEEP_MS = 60_000;
const DEFAULTS = [
  ["attempts", "started_at"],
  ["events", "at"],
  ["spend", "at"],
  ["rate_limits", "seen_at"],
  ["posts", "updated_at"],
];

/**
 * Has every `now()` of a database read a clock that goes on with `passingTime`. To be called before psn connects: a
 * connection keeps the clock that it began with.
 */
export async function takeOverClock(sql: Sql): Promise<void> {
  const [{ name = "" } = {}] = await sql<{ name: string }[]>`select current_database() as name`;
  await sql.unsafe(`
    create schema passing;
    create table passing.clock (ahead interval not null);
    insert into passing.clock values ('0');
    create function passing.now() returns timestamptz stable language sql
      as 'select pg_catalog.now() + (select ahead from passing.clock)';
    alter database "${name}" set search_path = passing, pg_catalog, public;
    ${DEFAULTS.map(([table, column]) => `alter table ${table} alter ${column} set default passing.now();`).join("\n")}`);
}

/** `real`: parts whose database has such a clock. */
export function passingTime(sql: Sql, real: PressParts): PassingTime {
  let ahead = 0;
  let meanwhileAsleep = () => {};
  const now = () => new Date(Date.now() + ahead);
  const pass = async (ms: number) => {
    ahead += Math.max(0, ms);
    await sql`update passing.clock set ahead = make_interval(secs => ${ahead / 1000})`;
  };
  const parts: PressParts = {
    ...real,
    now,
    monotonic: () => performance.now() + ahead,
    sleep: (ms) => {
      meanwhileAsleep();
      return pass(ms);
    },
  };

  async function ringWhatIsDue(): Promise<void> {
    for (;;) {
      const [due] = await sql<AlarmPayload[]>`
        select id as "postId", revision, alarm from posts
        where status = 'scheduled' and alarm_at <= ${now()} order by alarm_at, id limit 1`;
      if (due === undefined) return;
      await publishPost(parts, due);
    }
  }

  return {
    parts,
    now,
    pass,
    async live(ms, meanwhile) {
      const end = now().getTime() + ms;
      while (now().getTime() < end) {
        await reconcile(parts);
        await ringWhatIsDue();
        await meanwhile?.();
        const [next] = await sql<
          { at: Date | null }[]
        >`select min(alarm_at) as at from posts where status = 'scheduled'`;
        const wait = (next?.at?.getTime() ?? Number.POSITIVE_INFINITY) - now().getTime();
        await pass(Math.max(1, Math.min(wait, SWEEP_MS, end - now().getTime())));
      }
    },
    onSleep(act) {
      meanwhileAsleep = act;
    },
  };
}
