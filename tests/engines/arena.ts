import type { Stage } from "../../bench/support/stage.ts";
import type { AlarmPayload } from "../../src/core/post/alarm.ts";

/** An engine with real processes that publish, and what can happen to them. */
export interface Arena {
  readonly stage: Stage;
  /** SIGKILL to the process that publishes right now. */
  kill(): Promise<void>;
  /** A death is seen: the dead one's lease is over, and whoever watches over posts hands them on. */
  recover(): Promise<void>;
  /** The time of a waiting post's alarm comes: by the engine's clock and by psn's books. */
  passTime(post: string): Promise<void>;
  /** The engine rings an alarm that it has rung before, or that is old; resolves when the run is over. */
  ringAgain(alarm: AlarmPayload): Promise<void>;
  leave(): Promise<void>;
}

/** Longer than a lease, a request and a renewal of the sign-in may take. */
const AFTER_A_DEATH = "25 seconds";

/** As if so much time had passed since a process died: in every row that psn reads the time of. */
export async function passAfterDeath({ person }: Stage): Promise<void> {
  const { sql } = person.database;
  await sql`update attempts set started_at = started_at - ${AFTER_A_DEATH}::interval,
    finished_at = finished_at - ${AFTER_A_DEATH}::interval`;
  await sql`update tweets set sent_at = sent_at - ${AFTER_A_DEATH}::interval where sent_at is not null`;
  await sql`update oauth_tokens set refresh_lease_until = refresh_lease_until - ${AFTER_A_DEATH}::interval`;
  await sql`update posts set lease_until = lease_until - ${AFTER_A_DEATH}::interval,
    updated_at = updated_at - ${AFTER_A_DEATH}::interval where status = 'publishing'`;
}

/** As if what a post waits for were over: its limit is forgotten, and its alarm is due. */
export async function endWait({ person }: Stage, post: string): Promise<void> {
  const { sql } = person.database;
  await sql`delete from rate_limits where account_id = (select account_id from posts where id = ${post})`;
  await sql`update posts set alarm_at = now() where id = ${post} and status = 'scheduled'`;
}
