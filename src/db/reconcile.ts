import { and, eq, sql } from "drizzle-orm";
import { LATE_AFTER_MS } from "../core/post/states.ts";
import type { Queryable } from "./connection.ts";
import type { PostRow } from "./posts.ts";
import { attempts, posts, tweets } from "./schema.ts";
import type { engineName } from "./tables/posts.ts";

/** An alarm should have rung this long ago, or was set anew: the run may be gone. */
const OVERDUE_SECONDS = 5;

/** How a post fails whose tweet X's timeline could not be asked about: that may change. */
export const UNREADABLE_FAILURE = "unconfirmed";
const LOOK_AGAIN_SECONDS = 600;
const LOOKS_FOR_HOURS = 24;

type EngineName = (typeof engineName.enumValues)[number];

export interface Astray {
  readonly id: string;
  readonly revision: number;
  readonly alarm: number;
  readonly runId: string | null;
  /** Whether it is `own`'s or nobody's: what is another engine's is only ever marked as too late. */
  readonly own: boolean;
  /** Since its alarm should have rung, in milliseconds; negative before. */
  readonly overdueMs: number;
  /** `unarmed`: no run was ever noted. `overdue`: it should have rung. `abandoned`: its holder's lease ran out. `late`: too late to go out unasked. `unresolved`: X could not be asked about one of its tweets for long, and may be able to answer by now. */
  readonly kind: "unarmed" | "overdue" | "abandoned" | "late" | "unresolved";
}

/**
 * Every post of the engine `own` that an alarm should have moved and did not, every post that is too late, and how much
 * is on its way here and with the other engine. A post that no engine has yet is anybody's.
 * One statement over three partial indexes that hold only such posts, each named by a condition of its own (an IN list
 * would read the whole table): with nothing to do it reads none.
 */
export async function findAstray(
  db: Queryable,
  now: Date,
  own: EngineName,
): Promise<{ onTheirWay: number; elsewhere: number; astray: Astray[] }> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const rows = await db.execute<Record<string, unknown>>(sql`
    select id, revision, alarm, run_id, engine is null or engine = ${own} as own,
      (extract(epoch from ${at} - alarm_at) * 1000)::float8 as overdue_ms, case
        when status = 'publishing' and lease_until < now() and updated_at < now() - make_interval(secs => ${OVERDUE_SECONDS}) then 'abandoned'
        when status = 'scheduled' and run_id is null and updated_at < now() - make_interval(secs => ${OVERDUE_SECONDS}) then 'unarmed'
        when status = 'failed' and updated_at < now() - make_interval(secs => ${LOOK_AGAIN_SECONDS}) then 'unresolved'
        when intent = 'publish' and status = 'scheduled' and late_policy = 'ask' and scheduled_at < ${new Date(now.getTime() - LATE_AFTER_MS).toISOString()}::timestamptz then 'late'
        when intent = 'publish' and status = 'scheduled' and not_after < ${at} then 'late'
        when status = 'scheduled' and alarm_at < ${at} - make_interval(secs => ${OVERDUE_SECONDS}) then 'overdue'
      end as kind
    from ${posts}
    where status = 'scheduled' or status = 'publishing'
      or (status = 'failed' and sub_status = 'unconfirmed' and failure->>'code' = ${UNREADABLE_FAILURE}
        and scheduled_at > now() - make_interval(hours => ${LOOKS_FOR_HOURS}))`);
  const astray = rows.flatMap((row): Astray[] => {
    const kind = row["kind"];
    if (kind !== "unarmed" && kind !== "overdue" && kind !== "abandoned" && kind !== "late" && kind !== "unresolved")
      return [];
    const isOwn = row["own"] === true;
    if (!isOwn && kind !== "late") return [];
    const runId = row["run_id"];
    return [
      {
        id: String(row["id"]),
        revision: Number(row["revision"]),
        alarm: Number(row["alarm"]),
        runId: typeof runId === "string" ? runId : null,
        own: isOwn,
        overdueMs: Number(row["overdue_ms"] ?? 0),
        kind,
      },
    ];
  });
  const onTheirWay = rows.filter((row) => row["own"] === true).length;
  return { onTheirWay, elsewhere: rows.length - onTheirWay, astray };
}

/** Gives a post that went astray its next alarm, now. Of many processes that see it at once, one succeeds. */
export async function ringAgain(db: Queryable, post: Astray, now: Date): Promise<PostRow | undefined> {
  const [row] = await db
    .update(posts)
    .set({
      alarm: sql`${posts.alarm} + 1`,
      alarmAt: now,
      runId: null,
      updatedAt: sql`now()`,
      ...(post.kind === "unresolved" ? { status: "scheduled" as const } : {}),
    })
    .where(
      and(
        eq(posts.id, post.id),
        eq(posts.revision, post.revision),
        eq(posts.alarm, post.alarm),
        post.kind === "unresolved"
          ? sql`${posts.status} = 'failed'`
          : sql`(${posts.status} = 'scheduled' or (${posts.status} = 'publishing' and ${posts.leaseUntil} < now()))`,
      ),
    )
    .returning();
  return row;
}

/**
 * Marks a post as missed that is too late and of which nothing is out or may be out. One statement: a claim
 * that comes first wins, and this changes nothing.
 */
export async function markMissed(db: Queryable, post: Astray): Promise<boolean> {
  const rows = await db
    .update(posts)
    .set({
      status: "failed",
      subStatus: "missed",
      runId: null,
      revision: sql`${posts.revision} + 1`,
      updatedAt: sql`now()`,
      failure: {
        code: "missed",
        message: "Its time passed while nothing on this machine could send it, so psn asks first.",
        next: `psn show ${post.id}`,
      },
    })
    .where(
      and(
        eq(posts.id, post.id),
        eq(posts.revision, post.revision),
        eq(posts.alarm, post.alarm),
        eq(posts.status, "scheduled"),
        sql`not exists (select 1 from ${tweets} where ${tweets.postId} = ${posts.id} and ${tweets.state} = 'sent')`,
        sql`not exists (select 1 from ${attempts} where ${attempts.postId} = ${posts.id} and ${attempts.kind} = 'tweet' and ${attempts.outcome} in ('open', 'ambiguous'))`,
      ),
    )
    .returning({ id: posts.id });
  return rows.length === 1;
}
