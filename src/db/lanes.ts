import { and, eq, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Queryable } from "./connection.ts";
import { accounts } from "./schema.ts";

/**
 * A thread holds its account's lane from its first tweet to its last, so that no other post of the account gets in
 * between. It lasts longer than a lease: a thread whose process died is handed on before others may pass.
 */
const LANE_SECONDS = 60;
/** A request that began so long ago is over, whatever became of its process. */
const REQUEST_SECONDS = 10;

const laneEnd = sql`now() + make_interval(secs => ${LANE_SECONDS})`;

/** Whether a post may send: nobody has the lane of its account, it has itself, or who had it is gone. */
const isOpenTo = (postId: string) =>
  or(isNull(accounts.lanePost), eq(accounts.lanePost, postId), lt(accounts.laneUntil, sql`now()`));

/** Takes the lane for a thread. This one statement decides between all threads of the account. */
export async function takeLane(db: Queryable, accountId: string, postId: string): Promise<boolean> {
  const rows = await db
    .update(accounts)
    .set({ lanePost: postId, laneUntil: laneEnd })
    .where(and(eq(accounts.id, accountId), isOpenTo(postId)))
    .returning({ id: accounts.id });
  return rows.length === 1;
}

/** A thread that must wait keeps the lane for a while after that; undefined gives it to whoever comes. */
export async function keepLane(db: Queryable, postId: string, until: Date | undefined): Promise<void> {
  const kept =
    until === undefined
      ? { lanePost: null, laneUntil: null }
      : { laneUntil: sql`${until.toISOString()}::timestamptz + make_interval(secs => ${LANE_SECONDS})` };
  await db.update(accounts).set(kept).where(eq(accounts.lanePost, postId));
}

export async function isLaneOpen(db: Queryable, accountId: string, postId: string): Promise<boolean> {
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isOpenTo(postId)));
  return rows.length === 1;
}

/** Whether another post of the account has a request on its way that began before the lane was taken. */
export async function othersAreSending(db: Queryable, accountId: string, postId: string): Promise<boolean> {
  const [row] = await db.execute<{ sending: boolean }>(sql`
    select exists (
      select 1 from attempts a join posts p on p.id = a.post_id
      where a.kind = 'tweet' and a.outcome = 'open' and a.post_id <> ${postId} and p.account_id = ${accountId}
        and a.started_at > now() - make_interval(secs => ${REQUEST_SECONDS})
    ) as sending`);
  return row?.sending === true;
}

// Parts of statements that decide more than the lane. Raw names: each is a step of its own in a `with`.

/** The account's row, held against whoever wants the lane until the statement's transaction ends; empty: taken. */
export const openLane = (accountId: string, postId: string): SQL => sql`
  select id from accounts
  where id = ${accountId}::uuid and (lane_post is null or lane_post = ${postId} or lane_until < now())
  for share`;

/** The lane of each post in `posts_of` (a step with an `id`) is held for another while. */
export const renewLane = (postsOf: SQL): SQL => sql`
  update accounts set lane_until = ${laneEnd} from ${postsOf} held where accounts.lane_post = held.id`;

/** The lane of each post in `posts_of` is free for others. */
export const freeLane = (postsOf: SQL): SQL => sql`
  update accounts set lane_post = null, lane_until = null from ${postsOf} ended where accounts.lane_post = ended.id`;
