import type { Sql } from "postgres";
import { until } from "../../bench/support/stage.ts";

/** Any constant that nothing else in the database uses. */
const LOCK = 0x70736eff;

/** A moment of publishing at which its process stands still in the database, as seen from the outside. */
export type Moment =
  /** The intent of the nth request of a post is about to be stored. */
  | { readonly at: "intent"; readonly nth: number }
  /** X's id of the post's nth tweet is about to be stored. */
  | { readonly at: "id"; readonly nth: number }
  /** That the post waits, and its next alarm, is about to be stored. */
  | { readonly at: "wait" };

export interface Standstill {
  /** Resolves when a process has reached the moment. */
  reached(): Promise<void>;
  /** What waits there is as if it had never been sent: for a process that has been killed meanwhile. */
  end(): Promise<void>;
}

/** Lets every process stand still where it comes to this moment of this post. */
export async function standStill(sql: Sql, post: string, moment: Moment): Promise<Standstill> {
  const holder = await sql.reserve();
  await holder`select pg_advisory_lock(${LOCK})`;
  await sql.unsafe(`
    create or replace function stand_still() returns trigger language plpgsql as $$
    begin
      if ${condition(post, moment)} then perform pg_advisory_xact_lock_shared(${LOCK}); end if;
      return new;
    end $$;
    create or replace trigger stand_still before ${EVENT[moment.at]} for each row execute function stand_still();`);
  const waiting = () => sql<{ pid: number }[]>`
    select pid from pg_locks where locktype = 'advisory' and not granted
      and ((classid::bigint << 32) | objid::bigint) = ${LOCK}`;
  return {
    reached: () => until(`a process comes to the ${moment.at}`, async () => (await waiting()).length > 0),
    end: async () => {
      for (const { pid } of await waiting()) await sql`select pg_terminate_backend(${pid})`;
      await sql.unsafe(`drop trigger stand_still on ${TABLE[moment.at]}`);
      await holder`select pg_advisory_unlock(${LOCK})`;
      holder.release();
    },
  };
}

const TABLE = { intent: "attempts", id: "tweets", wait: "posts" } as const;
const EVENT = { intent: "insert on attempts", id: "update on tweets", wait: "update on posts" } as const;

function condition(post: string, moment: Moment): string {
  switch (moment.at) {
    case "intent":
      return `new.post_id = '${post}' and (select count(*) from attempts where post_id = '${post}') = ${moment.nth - 1}`;
    case "id":
      return `new.post_id = '${post}' and old.x_id is null and new.x_id is not null and new.position = ${moment.nth}`;
    case "wait":
      return `new.id = '${post}' and old.status = 'publishing' and new.status = 'scheduled'`;
  }
}
