import { randomUUID } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import type { PostId } from "../core/post/id.ts";
import { PRICES } from "../core/post/prices.ts";
import type { NewAttempt } from "./attempts.ts";
import type { Orm, Queryable, Tx } from "./connection.ts";
import { forgetUploads } from "./media.ts";
import { loadPost, writeContent } from "./posts.ts";
import { attempts, posts, spend, tweets } from "./schema.ts";

/**
 * Commits the intent to delete one tweet from X, or returns false: the lease is no longer ours or ends too soon, the
 * person asked to stop, or the tweet is not out any more. The post's row is locked while it decides, so that a stop
 * which was acknowledged before this statement is always seen by it.
 */
export async function beginDelete(
  db: Orm,
  attempt: Omit<NewAttempt, "replyTo" | "accountId">,
  leaseLeftSeconds: number,
): Promise<boolean> {
  const rows = await db.execute(sql`
    with holder as (
      select id from ${posts}
      where id = ${attempt.postId} and lease_token = ${attempt.leaseToken} and not stop_requested
        and lease_until > now() + make_interval(secs => ${leaseLeftSeconds})
      for update
    ), living as (
      select id, x_id from ${tweets} where id = ${attempt.tweetId} and state = 'sent' for share
    )
    insert into ${attempts} (id, post_id, tweet_id, position, kind, lease_token, x_id)
    select ${attempt.id}::uuid, holder.id, living.id, ${attempt.position}, 'delete', ${attempt.leaseToken}::uuid, living.x_id
    from holder, living
    returning id`);
  return rows.length === 1;
}

/** Of a delete that a dead process left open nobody knows whether X did it; the next one finds out. */
export async function closeOpenDeletes(db: Queryable, postId: string): Promise<void> {
  await db
    .update(attempts)
    .set({ outcome: "ambiguous", code: "process_died", finishedAt: sql`now()` })
    .where(and(eq(attempts.postId, postId), eq(attempts.kind, "delete"), eq(attempts.outcome, "open")));
}

export interface Deleted {
  readonly attemptId: string;
  readonly accountId: string;
  readonly postId: string;
  readonly xId: string;
  /** X had no such tweet any more: an earlier delete did it whose answer never came, or the person herself. */
  readonly wasGone: boolean;
}

/**
 * Records that X does not have the tweet any more: attempt, tweet, money and history in one statement. By attempt id
 * and unconditionally: whoever holds the post by now, what X said is true. X bills a delete that it did, once: one that
 * was found done later (`adopted`) is billed as the attempt that did it, and nothing is for a tweet that was gone
 * before (`absent`).
 */
export async function recordDeleted(
  db: Queryable,
  { attemptId, accountId, postId, xId, wasGone }: Deleted,
): Promise<void> {
  await db.execute(sql`
    with answered as (
      update ${attempts} set outcome = ${wasGone ? "absent" : "sent"}, finished_at = coalesce(finished_at, now())
      where id = ${attemptId} and outcome in ('open', 'ambiguous')
      returning id, tweet_id, position
    ), lost as (
      update ${attempts} set outcome = 'adopted', finished_at = coalesce(finished_at, now())
      where ${wasGone} and id = (
        select a.id from attempts a join answered on answered.tweet_id = a.tweet_id
        where a.kind = 'delete' and a.id <> answered.id and a.outcome in ('open', 'ambiguous')
          and not exists (
            select 1 from attempts d where d.tweet_id = a.tweet_id and d.kind = 'delete' and d.outcome in ('sent', 'adopted')
          )
        order by a.started_at limit 1
      )
      returning id
    ), done as (
      select id from answered where not ${wasGone} union all select id from lost
    ), paid as (
      insert into ${spend} (account_id, post_id, attempt_id, item, micro_usd)
      select ${accountId}::uuid, ${postId}, done.id, 'delete', ${PRICES.delete} from done
      on conflict (attempt_id) do nothing
    ), taken as (
      update ${tweets} set state = 'deleted'
      from answered where ${tweets}.id = answered.tweet_id and state = 'sent'
      returning tweets.id
    )
    insert into events (post_id, kind, detail)
    select ${postId}, 'tweet_deleted', jsonb_build_object('tweet', answered.position, 'xId', ${xId}::text) || case
        when exists (select 1 from done) then jsonb_build_object('usd', ${PRICES.delete / 1_000_000}::float8)
        else jsonb_build_object('gone', true)
      end
    from answered where exists (select 1 from taken)`);
}

/** How far an undo has come. */
export interface UndoProgress {
  readonly out: number;
  readonly unsent: number;
  /** Taken back by psn; a tweet that went missing before does not count. */
  readonly deleted: number;
  /** What X billed for that, in US dollars. */
  readonly usd: number;
}

export async function undoProgress(db: Queryable, postId: string): Promise<UndoProgress> {
  const [row] = await db.execute<{ out: number; unsent: number; deleted: number; micro: number }>(sql`
    with deletes as (
      select a.id, a.tweet_id from attempts a join tweets t on t.id = a.tweet_id
      where t.post_id = ${postId} and a.kind = 'delete' and a.outcome in ('sent', 'adopted', 'absent')
    )
    select count(*) filter (where t.state = 'sent')::int as out,
      count(*) filter (where t.state = 'unsent')::int as unsent,
      count(*) filter (where t.state = 'deleted' and t.id in (select tweet_id from deletes))::int as deleted,
      (select coalesce(sum(s.micro_usd), 0)::int from spend s where s.attempt_id in (select id from deletes)) as micro
    from tweets t where t.post_id = ${postId}`);
  const { out = 0, unsent = 0, deleted = 0, micro = 0 } = row ?? {};
  return { out, unsent, deleted, usd: micro / 1_000_000 };
}

/** The tries of a tweet are counted anew: those of publishing it are no tries of deleting it. */
export async function forgetTries(db: Queryable, postId: string): Promise<void> {
  await db.update(tweets).set({ tries: 0 }).where(eq(tweets.postId, postId));
}

/**
 * Makes the tweets of a post new ones, with the same words and images, that nothing has happened to: the journal goes
 * on telling of the old ones. False, and nothing is changed, when one is out after all.
 */
export async function startOver(tx: Tx, postId: PostId): Promise<boolean> {
  const rows = await tx.select({ state: tweets.state }).from(tweets).where(eq(tweets.postId, postId)).for("update");
  if (rows.some(({ state }) => state === "sent")) return false;
  const { content } = await loadPost(tx, postId);
  const fresh = content.tweets.map((tweet) => ({ ...tweet, id: randomUUID(), out: false }));
  await writeContent(tx, postId, { ...content, tweets: fresh });
  for (const { id } of fresh) await forgetUploads(tx, id);
  return true;
}
