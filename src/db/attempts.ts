import { and, asc, eq, getTableColumns, inArray, isNotNull, sql } from "drizzle-orm";
import type { Orm, Queryable } from "./connection.ts";
import { freeLane, openLane } from "./lanes.ts";
import { attempts, posts, spend, tweets } from "./schema.ts";

export type AttemptRow = typeof attempts.$inferSelect;

export interface NewAttempt {
  readonly accountId: string;
  readonly id: string;
  readonly postId: string;
  readonly tweetId: string;
  readonly position: number;
  readonly leaseToken: string;
  readonly replyTo: string | null;
}

/**
 * Commits the intent to create one tweet, or returns false: the lease is no longer ours or ends too soon, the person
 * asked to stop, or the tweet is out. A thread of the account that is on its way keeps other posts out, too.
 * The post's row is locked while it decides, so that a stop which was acknowledged before this statement is always
 * seen by it, and one that comes after sees the attempt; the tweet's row is, so that an answer which an earlier process
 * stores at this moment is waited for and seen; the account's is, so that a thread that takes the lane sees the attempt
 * or is seen.
 */
export async function beginTweetAttempt(db: Orm, attempt: NewAttempt, leaseLeftSeconds: number): Promise<boolean> {
  const rows = await db.execute(sql`
    with holder as (
      select id from ${posts}
      where id = ${attempt.postId} and lease_token = ${attempt.leaseToken} and not stop_requested
        and lease_until > now() + make_interval(secs => ${leaseLeftSeconds})
      for update
    ), unsent as (
      select id from ${tweets} where id = ${attempt.tweetId} and state = 'unsent' for share
    ), lane as (${openLane(attempt.accountId, attempt.postId)})
    insert into ${attempts} (id, post_id, tweet_id, position, kind, lease_token, reply_to)
    select ${attempt.id}::uuid, holder.id, unsent.id, ${attempt.position}, 'tweet', ${attempt.leaseToken}::uuid, ${attempt.replyTo}
    from holder, unsent, lane
    returning id`);
  return rows.length === 1;
}

export interface Sent {
  readonly attemptId: string;
  readonly xId: string;
  readonly outcome: "sent" | "adopted";
  readonly accountId: string;
  readonly postId: string;
  readonly item: "tweet" | "tweet_with_link";
  readonly microUsd: number;
  /** Who holds the post: if this was its last tweet, it is published in the same statement. */
  readonly leaseToken: string;
}

/**
 * Records that X has the tweet: attempt, tweet, money and history in one statement, and the post's end with its
 * last tweet. By attempt id and unconditionally: whoever holds the post by now, what X said is true; only the
 * post's own state is left to its holder. True when the post is published by it.
 */
export async function recordSent(db: Queryable, sent: Sent): Promise<boolean> {
  const [row] = await db.execute<{ published: boolean }>(sql`
    with answered as (
      update ${attempts}
      set outcome = ${sent.outcome}, x_id = ${sent.xId}, finished_at = coalesce(finished_at, now())
      where id = ${sent.attemptId} and outcome not in ('sent', 'adopted')
      returning tweet_id, position
    ), out as (
      update ${tweets} set state = 'sent', x_id = ${sent.xId}, sent_at = now()
      from answered where ${tweets}.id = answered.tweet_id
    ), paid as (
      insert into ${spend} (account_id, post_id, attempt_id, item, micro_usd)
      select ${sent.accountId}::uuid, ${sent.postId}, ${sent.attemptId}::uuid, ${sent.item}, ${sent.microUsd} from answered
      on conflict (attempt_id) do nothing
    ), finished as (
      update ${posts}
      set status = 'published', sub_status = null, published_at = now(), failure = null, stop_requested = false,
        lease_token = null, lease_until = null, updated_at = now()
      where id = ${sent.postId} and lease_token = ${sent.leaseToken} and intent = 'publish'
        and not exists (
          select 1 from ${tweets} t
          where t.post_id = ${sent.postId} and t.state = 'unsent' and t.id <> all (select tweet_id from answered)
        )
      returning id
    ), freed as (${freeLane(sql`finished`)}), told as (
      insert into events (post_id, kind, detail)
      select ${sent.postId}, ${sent.outcome === "sent" ? "tweet_out" : "tweet_adopted"},
        jsonb_build_object('tweet', position, 'xId', ${sent.xId}::text) from answered
      union all
      select id, 'published', '{}'::jsonb from finished
    )
    select exists (select 1 from finished) as published`);
  return row?.published === true;
}

/** What an attempt came to when X did not take the tweet, or may have. Answers never undo a success. */
export async function closeAttempt(
  db: Queryable,
  attemptId: string,
  how: {
    outcome: "refused" | "ambiguous" | "absent" | "not_sent";
    httpStatus?: number | undefined;
    code?: string | undefined;
    detail?: string | undefined;
  },
): Promise<void> {
  await db
    .update(attempts)
    .set({
      outcome: how.outcome,
      finishedAt: sql`coalesce(${attempts.finishedAt}, now())`,
      ...(how.httpStatus === undefined ? {} : { httpStatus: how.httpStatus }),
      ...(how.code === undefined ? {} : { code: how.code }),
      ...(how.detail === undefined ? {} : { detail: how.detail }),
    })
    .where(and(eq(attempts.id, attemptId), inArray(attempts.outcome, ["open", "ambiguous"])));
}

/** How long ago an attempt began and ended, in milliseconds by the clock that wrote its times: the database's. */
export interface UnresolvedAttempt extends AttemptRow {
  readonly begunAgo: number;
  readonly endedAgo: number | null;
}

const msSince = (column: typeof attempts.startedAt | typeof attempts.finishedAt) =>
  sql`extract(epoch from now() - ${column}) * 1000`;

/** Attempts of which nobody knows yet whether X has the tweet. At most one per tweet. */
export function unresolvedAttempts(db: Queryable, postId: string): Promise<UnresolvedAttempt[]> {
  return db
    .select({
      ...getTableColumns(attempts),
      begunAgo: sql<number>`${msSince(attempts.startedAt)}`.mapWith(Number),
      endedAgo: sql<number | null>`${msSince(attempts.finishedAt)}`.mapWith((ms: unknown) =>
        ms === null ? null : Number(ms),
      ),
    })
    .from(attempts)
    .where(
      and(eq(attempts.postId, postId), eq(attempts.kind, "tweet"), inArray(attempts.outcome, ["open", "ambiguous"])),
    )
    .orderBy(asc(attempts.position));
}

/**
 * X says that it has this text already, and an attempt of ours was taken for absent: it is looked for again.
 * Returns that attempt, unless it was looked for often enough.
 */
export async function reopenAbsent(db: Queryable, tweetId: string, atMostLooks: number): Promise<string | undefined> {
  const [row] = await db
    .update(attempts)
    .set({ outcome: "ambiguous" })
    .where(
      sql`${attempts.id} = (
        select id from attempts where tweet_id = ${tweetId} and kind = 'tweet' and outcome = 'absent' and looks < ${atMostLooks}
        order by started_at desc limit 1
      )`,
    )
    .returning({ id: attempts.id });
  return row?.id;
}

export async function countLook(db: Queryable, attemptId: string, readable: boolean): Promise<void> {
  await db
    .update(attempts)
    .set(readable ? { looks: sql`${attempts.looks} + 1` } : { unreadable: sql`${attempts.unreadable} + 1` })
    .where(eq(attempts.id, attemptId));
}

/** X's ids that tweets of this account have or had, and the newest of those sent before an instant. */
export async function ownIds(
  db: Queryable,
  accountId: string,
  before: Date,
): Promise<{ taken: Set<string>; newestBefore: string | undefined }> {
  const rows = await db
    .select({ xId: tweets.xId, sentAt: tweets.sentAt })
    .from(tweets)
    .innerJoin(posts, eq(posts.id, tweets.postId))
    .where(and(eq(posts.accountId, accountId), isNotNull(tweets.xId)))
    .orderBy(sql`${tweets.xId}::numeric desc`);
  const newestBefore = rows.find((row) => row.sentAt !== null && row.sentAt < before)?.xId ?? undefined;
  // What was undone has no row any more, and X's timeline may show it for a while.
  const former = await db
    .select({ xId: attempts.xId })
    .from(attempts)
    .innerJoin(posts, eq(posts.id, attempts.postId))
    .where(and(eq(posts.accountId, accountId), eq(attempts.kind, "delete")));
  return { taken: new Set([...rows, ...former].flatMap((row) => row.xId ?? [])), newestBefore };
}

/**
 * The row of a call that creates something but no tweet: an upload, an alt text. It may be repeated, so it
 * fences nothing; it is there for the story and the money.
 */
export async function beginCall(
  db: Queryable,
  attempt: Omit<NewAttempt, "replyTo" | "accountId"> & { kind: "media" | "alt_text" },
): Promise<void> {
  await db.insert(attempts).values(attempt);
}

export async function endCall(
  db: Queryable,
  attemptId: string,
  how: { outcome: "sent" | "refused"; httpStatus?: number | undefined; code?: string; detail?: string | undefined },
): Promise<void> {
  await db
    .update(attempts)
    .set({
      outcome: how.outcome,
      finishedAt: sql`now()`,
      httpStatus: how.httpStatus ?? null,
      code: how.code ?? null,
      detail: how.detail ?? null,
    })
    .where(eq(attempts.id, attemptId));
}

export async function recordSpend(
  db: Queryable,
  entry: { accountId: string; postId: string; attemptId?: string; item: string; microUsd: number },
): Promise<void> {
  await db.insert(spend).values(entry).onConflictDoNothing();
}

export function attemptsOf(db: Queryable, postId: string): Promise<AttemptRow[]> {
  return db.select().from(attempts).where(eq(attempts.postId, postId)).orderBy(asc(attempts.startedAt));
}

/** One more try of a tweet that X certainly does not have. Returns how many there were. */
export async function countTry(db: Queryable, tweetId: string): Promise<number> {
  const [row] = await db
    .update(tweets)
    .set({ tries: sql`${tweets.tries} + 1` })
    .where(eq(tweets.id, tweetId))
    .returning({ tries: tweets.tries });
  return row?.tries ?? 0;
}
