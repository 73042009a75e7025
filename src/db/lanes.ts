import { and, eq, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Queryable } from "./connection.ts";
import { accounts } from "./schema.ts";

/**
 * A thread holds its account's lane from its first tweet to its last, so that no other post of the account gets in
 * between. A thread that has begun keeps it for as long as it is on its way, whatever became of its process; one of which
 * nothing is out, or of which psn is still finding out, only until this long after it last said so.
 */
const LANE_SECONDS = 60;
/** A request that began so long ago is over, whatever became of its process. */
const REQUEST_SECONDS = 10;

const laneEnd = sql`now() + make_interval(secs => ${LANE_SECONDS})`;

/** The post that has the lane is a thread that has begun and not ended. */
const BEGUN = sql.raw(`exists (
  select 1 from posts p join tweets t on t.post_id = p.id and t.state = 'sent'
  where p.id = lane_post and p.status in ('scheduled', 'publishing') and p.sub_status is distinct from 'unconfirmed')`);

/** Whether a post may send: nobody has the lane of its account, it has itself, or who had it is gone. */
const isOpenTo = (postId: string) =>
  or(
    isNull(accounts.lanePost),
    eq(accounts.lanePost, postId),
    and(lt(accounts.laneUntil, sql`now()`), sql`not ${BEGUN}`),
  );

/**
 * Takes the lane for a thread, for whoever holds its lease: not for a process that has lost it and does not know yet.
 * This one statement decides between all threads of the account.
 */
export async function takeLane(
  db: Queryable,
  accountId: string,
  post: { readonly id: string; readonly leaseToken: string },
): Promise<boolean> {
  const isHeld = sql`exists (select 1 from posts p where p.id = ${post.id} and p.lease_token = ${post.leaseToken})`;
  const rows = await db
    .update(accounts)
    .set({ lanePost: post.id, laneUntil: laneEnd })
    .where(and(eq(accounts.id, accountId), isOpenTo(post.id), isHeld))
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
  where id = ${accountId}::uuid and (lane_post is null or lane_post = ${postId} or (lane_until < now() and not ${BEGUN}))
  for share`;

/** The lane of each post in `posts_of` (a step with an `id`) is held for another while. */
export const renewLane = (postsOf: SQL): SQL => sql`
  update accounts set lane_until = ${laneEnd} from ${postsOf} held where accounts.lane_post = held.id`;

/** The lane of each post in `posts_of` is free for others. */
export const freeLane = (postsOf: SQL): SQL => sql`
  update accounts set lane_post = null, lane_until = null from ${postsOf} ended where accounts.lane_post = ended.id`;
