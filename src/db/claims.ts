import { and, eq, getTableColumns, lt, or, sql } from "drizzle-orm";
import type { AlarmPayload } from "../core/post/alarm.ts";
import type { SubStatus } from "../core/post/states.ts";
import type { Queryable } from "./connection.ts";
import { renewLane } from "./lanes.ts";
import type { PostRow } from "./posts.ts";
import { posts, type StoredFailure } from "./schema.ts";

/** How long a holder may go on without renewing. Every process that publishes uses this one. */
export const LEASE_SECONDS = 12;

const leaseEnd = sql`now() + make_interval(secs => ${LEASE_SECONDS})`;

export interface Claimed {
  readonly row: PostRow;
  /** An earlier holder left a tweet of which nobody knows whether X has it. */
  readonly unresolved: boolean;
}

// Names in full: inside a RETURNING the query builder leaves the tables' names out.
const UNRESOLVED = sql<boolean>`exists (
  select 1 from attempts a where a.post_id = posts.id and a.kind = 'tweet' and a.outcome in ('open', 'ambiguous')
)`;

/**
 * Takes a post for publishing, or returns undefined. This one statement decides between every run that
 * wants it: two runs of the same alarm, an alarm that is older than an edit, a second worker after a crash.
 * `leaseToken` is new with each claim and fences everything that is written under it.
 */
export async function claim(db: Queryable, alarm: AlarmPayload, leaseToken: string): Promise<Claimed | undefined> {
  const [row] = await db
    .update(posts)
    .set({ status: "publishing", leaseToken, leaseUntil: leaseEnd, updatedAt: sql`now()` })
    .where(
      and(
        eq(posts.id, alarm.postId),
        eq(posts.revision, alarm.revision),
        eq(posts.alarm, alarm.alarm),
        or(eq(posts.status, "scheduled"), and(eq(posts.status, "publishing"), lt(posts.leaseUntil, sql`now()`))),
      ),
    )
    .returning({ ...getTableColumns(posts), unresolved: UNRESOLVED });
  if (row === undefined) return undefined;
  const { unresolved, ...post } = row;
  return { row: post, unresolved };
}

/** Holds the post for another lease, and its account's lane if it has that. False when another process has taken it over: then stop at once. */
export async function renewLease(db: Queryable, postId: string, leaseToken: string): Promise<boolean> {
  const rows = await db.execute(sql`
    with mine as (
      update ${posts} set lease_until = ${leaseEnd} where id = ${postId} and lease_token = ${leaseToken} returning id
    ), lane as (${renewLane(sql`mine`)})
    select id from mine`);
  return rows.length === 1;
}

const LAST_SENT = sql`(select coalesce(max(t.sent_at), now()) from tweets t where t.post_id = posts.id)`;

/** How a holder lets go of a post. Only the holder of the lease can; the others get undefined. */
export type Release =
  /** `again`: it was published before, and its undo has taken nothing back. */
  | { readonly to: "published"; readonly again?: true }
  | {
      readonly to: "failed";
      readonly subStatus: SubStatus | null;
      readonly failure: StoredFailure;
      /** The undo that ends so has taken nothing back: the post may go on as if nobody had asked for it. */
      readonly intent?: "publish";
    }
  | {
      readonly to: "scheduled";
      readonly subStatus: SubStatus | null;
      readonly at: Date;
      readonly failure?: StoredFailure;
    }
  /** `undone`: everything that was out is deleted. */
  | { readonly to: "draft"; readonly undone?: true };

export async function release(
  db: Queryable,
  postId: string,
  leaseToken: string,
  how: Release,
): Promise<PostRow | undefined> {
  const [row] = await db
    .update(posts)
    .set({ leaseToken: null, leaseUntil: null, updatedAt: sql`now()`, ...changesOf(how) })
    .where(and(eq(posts.id, postId), eq(posts.leaseToken, leaseToken)))
    .returning();
  return row;
}

/** What ending so changes in a post's row. */
export function changesOf(how: Release) {
  switch (how.to) {
    case "published":
      return {
        status: "published",
        intent: "publish",
        subStatus: null,
        publishedAt: how.again === true ? LAST_SENT : sql`now()`,
        failure: null,
        stopRequested: false,
      } as const;
    case "failed":
      return {
        status: "failed",
        subStatus: how.subStatus,
        failure: how.failure,
        stopRequested: false,
        ...(how.intent === undefined ? {} : { intent: how.intent }),
      } as const;
    case "scheduled":
      // A new alarm number in the same statement: the run that ends here can never act again.
      return {
        status: "scheduled",
        subStatus: how.subStatus,
        failure: how.failure ?? null,
        alarm: sql`${posts.alarm} + 1`,
        alarmAt: how.at,
        runId: null,
      } as const;
    case "draft":
      return {
        status: "draft",
        intent: "publish",
        subStatus: null,
        revision: sql`${posts.revision} + 1`,
        approvedSeal: null,
        approvedAt: null,
        runId: null,
        stopRequested: false,
        failure: null,
      } as const;
  }
}

export async function setSubStatus(
  db: Queryable,
  postId: string,
  leaseToken: string,
  subStatus: SubStatus | null,
): Promise<void> {
  await db
    .update(posts)
    .set({ subStatus, updatedAt: sql`now()` })
    .where(and(eq(posts.id, postId), eq(posts.leaseToken, leaseToken)));
}
