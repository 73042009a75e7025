import { sql } from "drizzle-orm";
import type { Queryable } from "./connection.ts";

/** A post that a person may want to hear of. */
export interface NotedPost {
  readonly id: string;
  /** Whose it is, without @. */
  readonly account: string | null;
  readonly status: string;
  readonly subStatus: string | null;
  readonly scheduledAt: Date | null;
  readonly zone: string | null;
  readonly failure: { code: string; message: string; next: string } | null;
  readonly text: string;
  readonly tweets: number;
  readonly out: number;
  readonly overdue: boolean;
}

export interface SignIn {
  readonly username: string;
  readonly isDefault: boolean;
  /** Why the sign-in has ended, `signed_out` when there is none; null while it works. */
  readonly dead: string | null;
  /** Why X did not renew it when it was asked last; null when it did. */
  readonly lastFailure: string | null;
  readonly holdCode: string | null;
  readonly heldUntil: Date | null;
}

export interface Attention {
  readonly posts: readonly NotedPost[];
  readonly drafts: number;
  readonly accounts: readonly SignIn[];
  /** Millionths of a US dollar since the first of this month (UTC). */
  readonly spentThisMonth: number;
}

/** Everything that `psn status` tells, in one round trip. Failed posts of the last fortnight, and what is on its way. */
export async function readAttention(db: Queryable): Promise<Attention> {
  const [row] = await db.execute<Record<string, unknown>>(sql`
    select
      (select count(*)::int from posts where status = 'draft') as drafts,
      (select coalesce(sum(micro_usd), 0)::bigint from spend where at >= date_trunc('month', now() at time zone 'utc') at time zone 'utc') as spent,
      (select coalesce(jsonb_agg(x order by x.at), '[]') from (
        select p.id, p.status, p.sub_status as "subStatus", p.scheduled_at as "scheduledAt", p.zone, p.failure,
          coalesce(p.alarm_at, p.updated_at) as at,
          p.status = 'scheduled' and p.alarm_at < now() - interval '1 minute' as overdue,
          (select a.username from accounts a where a.id = p.account_id) as account,
          (select left(t.text, 120) from tweets t where t.post_id = p.id order by t.position limit 1) as text,
          (select count(*)::int from tweets t where t.post_id = p.id) as tweets,
          (select count(*)::int from tweets t where t.post_id = p.id and t.state = 'sent') as out
        from posts p
        where p.status = 'scheduled' or p.status = 'publishing' or (p.status = 'failed' and p.updated_at > now() - interval '14 days')
        order by at limit 500) x) as posts,
      (select coalesce(jsonb_agg(y order by y.username), '[]') from (
        select a.username, a.is_default as "isDefault", o.dead_code as dead, o.last_failure as "lastFailure",
          a.hold_code as "holdCode", a.held_until as "heldUntil", o.account_id is null as "signedOut"
        from accounts a left join oauth_tokens o on o.account_id = a.id) y) as accounts`);
  const posts = asRows(row?.["posts"]).map(
    (p): NotedPost => ({
      id: String(p["id"]),
      account: textOrNull(p["account"]),
      status: String(p["status"]),
      subStatus: textOrNull(p["subStatus"]),
      scheduledAt: dateOrNull(p["scheduledAt"]),
      zone: textOrNull(p["zone"]),
      failure: failureOrNull(p["failure"]),
      text: String(p["text"] ?? ""),
      tweets: Number(p["tweets"]),
      out: Number(p["out"]),
      overdue: p["overdue"] === true,
    }),
  );
  const accounts = asRows(row?.["accounts"]).map(
    (a): SignIn => ({
      username: String(a["username"]),
      isDefault: a["isDefault"] === true,
      dead: a["signedOut"] === true ? "signed_out" : textOrNull(a["dead"]),
      lastFailure: textOrNull(a["lastFailure"]),
      holdCode: textOrNull(a["holdCode"]),
      heldUntil: dateOrNull(a["heldUntil"]),
    }),
  );
  return { posts, accounts, drafts: Number(row?.["drafts"] ?? 0), spentThisMonth: Number(row?.["spent"] ?? 0) };
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const asRows = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const textOrNull = (value: unknown) => (typeof value === "string" ? value : null);
const dateOrNull = (value: unknown) => (typeof value === "string" ? new Date(value) : null);
function failureOrNull(value: unknown): NotedPost["failure"] {
  if (!isObject(value)) return null;
  return { code: String(value["code"]), message: String(value["message"]), next: String(value["next"]) };
}
