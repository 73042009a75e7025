import { expect } from "bun:test";
import type { Stage } from "../../bench/support/stage.ts";
import { type Shape, type Written, write } from "../../bench/support/writing.ts";
import { type PostId, parsePostId } from "../../src/core/post/id.ts";
import { loadPost, type Post } from "../../src/db/posts.ts";
import { WORKER_LOCK } from "../../src/db/worker.ts";
import type { PressParts } from "../../src/publishing/parts.ts";
import { publishPost, type RunOutcome } from "../../src/publishing/run/publish.ts";
import { undoPost } from "../../src/publishing/undo.ts";

export const DELETE = { method: "DELETE", path: "/2/tweets/:id" } as const;
export const DELETES = "DELETE /2/tweets/:id";

/** Rings the alarm that a post has at this moment, in this process. */
export async function ring(stage: Stage, id: string, changes: Partial<PressParts> = {}): Promise<RunOutcome["kind"]> {
  const { row } = await loadPost(stage.parts.orm, parsePostId(id));
  const alarm = { postId: id, revision: row.revision, alarm: row.alarm };
  return (await publishPost({ ...stage.parts, ...changes }, alarm)).kind;
}

/**
 * Until `release`, workers that commands start end again at once, since another seems to serve: what the test rings
 * itself is not taken from it.
 */
export async function keepWorkersOut({ person }: Stage): Promise<{ release(): Promise<void> }> {
  const session = await person.database.sql.reserve();
  await session`select pg_advisory_lock(${WORKER_LOCK})`;
  return {
    release: async () => {
      await session`select pg_advisory_unlock(${WORKER_LOCK})`;
      session.release();
    },
  };
}

/** A post that is out as a whole. */
export async function published(stage: Stage, shape: Shape, mark = "Out"): Promise<Written> {
  const post = await write(stage.parts, shape, mark);
  await stage.arm(post);
  expect(await ring(stage, post.id)).toBe("published");
  return post;
}

/** Asks for the undo and rings it. Waits for a next try take no time. */
export async function undo(stage: Stage, post: Written): Promise<RunOutcome["kind"]> {
  await undoPost(stage.parts, idOf(post), post.seal);
  return await ring(stage, post.id, { sleep: () => Promise.resolve() });
}

const idOf = ({ id }: Written): PostId => parsePostId(id);
export const stored = (stage: Stage, post: Written): Promise<Post> => loadPost(stage.parts.orm, idOf(post));

/** The texts of the post that are still at X, in the order in which they were made. */
export function living({ world }: Stage, post: Written): string[] {
  const texts = new Set(post.tweets.map(({ text }) => text));
  return world.tweets.inOrder().flatMap(({ text, deleted }) => (!deleted && texts.has(text) ? [text] : []));
}

export const callsOf = ({ world }: Stage, endpoint: string): number => world.journal.calls()[endpoint] ?? 0;

/** Millionths of a US dollar that psn noted for deleting, one for each delete that X billed. */
export async function billed({ person }: Stage, post: Written): Promise<number[]> {
  const rows = await person.database.sql<{ usd: number }[]>`
    select micro_usd::int as usd from spend where post_id = ${post.id} and item = 'delete' order by id`;
  return rows.map(({ usd }) => usd);
}

/** The numbers of the tweets that the story tells as deleted, in its order. */
export async function toldAsDeleted({ person }: Stage, post: Written): Promise<number[]> {
  const rows = await person.database.sql<{ tweet: number }[]>`
    select (detail->'tweet')::int as tweet from events where post_id = ${post.id} and kind = 'tweet_deleted' order by id`;
  return rows.map(({ tweet }) => tweet);
}

/** Nothing of the post is at X, the last tweet went first, and what is left is a draft that nothing has happened to. */
export async function expectUndone(stage: Stage, post: Written, expected: { billed?: number } = {}): Promise<void> {
  const { sql } = stage.person.database;
  const count = post.tweets.length;
  expect(living(stage, post)).toEqual([]);
  expect(await toldAsDeleted(stage, post)).toEqual(Array.from({ length: count }, (_, i) => count - i));
  expect(await billed(stage, post)).toEqual(Array(expected.billed ?? count).fill(10_000));
  const { row, tweets, seal } = await stored(stage, post);
  expect(row).toMatchObject({
    status: "draft",
    subStatus: null,
    intent: "publish",
    failure: null,
    approvedSeal: null,
    publishedAt: null,
    leaseToken: null,
    stopRequested: false,
  });
  expect<string>(seal).toBe(post.seal);
  const words = tweets.map(({ text, media }) => ({ text, images: media.map((image) => image.sha256) }));
  expect<Written["tweets"]>(words).toEqual(post.tweets);
  for (const tweet of tweets) {
    expect(tweet).toMatchObject({ state: "unsent", xId: null, sentAt: null, tries: 0, startsThread: false });
    for (const image of tweet.media) expect(image).toMatchObject({ xMediaId: null, altSet: false });
  }
  const [journal] = await sql<{ kept: number; open: number; undone: number }[]>`select
    (select count(*)::int from attempts where post_id = ${post.id} and kind = 'tweet' and x_id is not null
      and tweet_id not in (select id from tweets)) as kept,
    (select count(*)::int from attempts where post_id = ${post.id} and outcome = 'open') as open,
    (select count(*)::int from events where post_id = ${post.id} and kind = 'undone') as undone`;
  expect(journal).toEqual({ kept: count, open: 0, undone: 1 });
}
