import type { Sql } from "postgres";
import type { StoredTweet } from "../../src/sandbox/world/tweets.ts";
import type { World } from "../../src/sandbox/world/world.ts";
import type { Written } from "./writing.ts";

/** What must never be, whatever died. */
export const BREACHES = [
  /** A tweet is at X more than once. */
  "doubled",
  /** A tweet is not at X though it must be. */
  "lost",
  /** The post came to no end. */
  "stuck",
  /** A tweet was made before the one that it follows. */
  "order",
  /** A tweet replies to another tweet than the one before it. */
  "parent",
  /** Its images are not those that were approved. */
  "images",
  /** The database has another X id than X, or none. */
  "id",
  /** It is over, and no other post of its account may pass. */
  "lane",
  /** `attempts`, `spend` or `events` do not tell what happened, once. */
  "ledger",
] as const;

export interface Breach {
  readonly kind: (typeof BREACHES)[number];
  readonly post: string;
  readonly what: string;
}

/** How a post must have ended: out as a whole, or wherever it stopped, with psn knowing what is out. */
export type End = "published" | "stopped";

/** Holds what X has against what was approved and against what psn noted. Empty when all is well. */
export async function judge(
  sql: Sql,
  world: World,
  posts: readonly Written[],
  end: End = "published",
): Promise<Breach[]> {
  const atX = Map.groupBy(world.tweets.inOrder(), (tweet) => tweet.text);
  const noted = await readNotes(sql, posts);
  return posts.flatMap((post) => {
    const note = noted.get(post.id);
    if (note === undefined) return [{ kind: "lost" as const, post: post.id, what: "the post is gone" }];
    return [...judgeAtX(post, atX, note, end), ...judgeNotes(post, atX, note, end)];
  });
}

interface Note {
  readonly status: string;
  readonly leased: boolean;
  /** It keeps other posts of its account waiting. */
  readonly inLane: boolean;
  readonly tweets: readonly { id: string; position: number; state: string; xId: string | null }[];
  readonly attempts: readonly { id: string; tweet: string; outcome: string; xId: string | null }[];
  /** The attempts that were billed as tweets. */
  readonly billed: readonly string[];
  readonly events: readonly { kind: string; tweet: number | null }[];
}

async function readNotes(sql: Sql, posts: readonly Written[]): Promise<Map<string, Note>> {
  const rows = await sql<{ id: string; note: Note }[]>`
    select p.id, jsonb_build_object(
      'status', p.status,
      'leased', p.lease_token is not null,
      'inLane', exists (select from accounts a where a.lane_post = p.id),
      'tweets', (select jsonb_agg(jsonb_build_object('id', t.id, 'position', t.position, 'state', t.state, 'xId', t.x_id) order by t.position)
        from tweets t where t.post_id = p.id),
      'attempts', coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'tweet', a.tweet_id, 'outcome', a.outcome, 'xId', a.x_id))
        from attempts a where a.post_id = p.id and a.kind = 'tweet'), '[]'),
      'billed', coalesce((select jsonb_agg(s.attempt_id) from spend s where s.post_id = p.id and s.item in ('tweet', 'tweet_with_link')), '[]'),
      'events', coalesce((select jsonb_agg(jsonb_build_object('kind', e.kind, 'tweet', e.detail->'tweet') order by e.id)
        from events e where e.post_id = p.id), '[]')
    ) as note
    from posts p where p.id in ${sql(posts.map(({ id }) => id))}`;
  return new Map(rows.map(({ id, note }) => [id, note]));
}

type AtX = ReadonlyMap<string, readonly StoredTweet[]>;

function judgeAtX(post: Written, atX: AtX, note: Note, end: End): Breach[] {
  const breaches: Breach[] = [];
  const found = (kind: Breach["kind"], what: string) => breaches.push({ kind, post: post.id, what });
  let before: StoredTweet | undefined;
  let gap = false;
  for (const [index, { text, images }] of post.tweets.entries()) {
    const name = `tweet ${index + 1}`;
    const [tweet, ...more] = atX.get(text) ?? [];
    if (more.length > 0) found("doubled", `${name} is at X ${more.length + 1} times`);
    if (tweet === undefined) {
      if (end === "published" || note.status === "published") found("lost", `${name} is not at X`);
      gap = true;
      continue;
    }
    if (gap || (before !== undefined && tweet.order < before.order)) found("order", `${name} is out too early`);
    if (tweet.parent?.id !== before?.id) found("parent", `${name} replies to ${tweet.parent?.id ?? "nothing"}`);
    if (tweet.media.map(({ media }) => media.sha256).join() !== images.join())
      found("images", `${name} has other images`);
    before = tweet;
  }
  return breaches;
}

function judgeNotes(post: Written, atX: AtX, note: Note, end: End): Breach[] {
  const breaches: Breach[] = [];
  const found = (kind: Breach["kind"], what: string) => breaches.push({ kind, post: post.id, what });
  const over = note.status === "published" || note.status === "failed" || note.status === "draft";
  if (!over || note.leased || (end === "published" && note.status !== "published"))
    found("stuck", `it is ${note.status}`);
  if (over && note.inLane) found("lane", `it is ${note.status} and keeps its account's other posts waiting`);
  for (const [index, { text }] of post.tweets.entries()) {
    const name = `tweet ${index + 1}`;
    const tweet = note.tweets[index];
    const xId = (atX.get(text) ?? [])[0]?.id ?? null;
    if (tweet === undefined || tweet.xId !== xId) {
      found("id", `${name} is ${xId ?? "nothing"} at X and ${tweet?.xId ?? "nothing"} in the database`);
      continue;
    }
    const attempts = note.attempts.filter((attempt) => attempt.tweet === tweet.id);
    const successes = attempts.filter(({ outcome }) => outcome === "sent" || outcome === "adopted");
    const out = xId === null ? 0 : 1;
    if (successes.length !== out) found("ledger", `${name} has ${successes.length} attempts that succeeded`);
    if (successes.some((attempt) => attempt.xId !== xId)) found("ledger", `${name}: another id in its attempt`);
    const open = attempts.filter(({ outcome }) => outcome === "open" || outcome === "ambiguous");
    if (open.length > 0) found("ledger", `${name} has an attempt of which nobody knows the end`);
    const billed = note.billed.filter((id) => attempts.some((attempt) => attempt.id === id));
    if (billed.length !== out || successes.some(({ id }) => !billed.includes(id)))
      found("ledger", `${name} is billed ${billed.length} times`);
    const told = note.events.filter(
      (e) => (e.kind === "tweet_out" || e.kind === "tweet_adopted") && e.tweet === index + 1,
    );
    if (told.length !== out) found("ledger", `${name} is told as out ${told.length} times`);
  }
  const ended = note.events.filter(({ kind }) => kind === "published").length;
  if (ended !== (note.status === "published" ? 1 : 0)) found("ledger", `it is told as published ${ended} times`);
  return breaches;
}
