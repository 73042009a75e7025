import { expect } from "bun:test";
import { type Shape, type Written, write } from "../../bench/support/writing.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import type { RunOutcome } from "../../src/publishing/run/publish.ts";
import { undoPost } from "../../src/publishing/undo.ts";
import { type Place, ring, stored } from "./scene.ts";

export const DELETE = { method: "DELETE", path: "/2/tweets/:id" } as const;
export const DELETES = "DELETE /2/tweets/:id";

/** A post that is out as a whole. */
export async function published(place: Place, shape: Shape, mark = "Out"): Promise<Written> {
  const post = await write(place.parts, shape, mark);
  await place.arm(post);
  expect(await ring(place, post.id)).toBe("published");
  return post;
}

/** Asks for the undo and rings it. Waits for a next try take no time. */
export async function undo(place: Place, post: Written): Promise<RunOutcome["kind"]> {
  await undoPost(place.parts, parsePostId(post.id), post.seal);
  return await ring(place, post.id, { sleep: () => Promise.resolve() });
}

/** The texts of the post that are still at X, in the order in which they were made. */
export function living({ world }: Place, post: Written): string[] {
  const texts = new Set(post.tweets.map(({ text }) => text));
  return world.tweets.inOrder().flatMap(({ text, deleted }) => (!deleted && texts.has(text) ? [text] : []));
}

export const callsOf = ({ world }: Place, endpoint: string): number => world.journal.calls()[endpoint] ?? 0;

/** Millionths of a US dollar that psn noted for deleting, one for each delete that X billed. */
export async function billed({ person }: Place, post: Written): Promise<number[]> {
  const rows = await person.database.sql<{ usd: number }[]>`
    select micro_usd::int as usd from spend where post_id = ${post.id} and item = 'delete' order by id`;
  return rows.map(({ usd }) => usd);
}

/** The numbers of the tweets that the story tells as deleted, in its order. */
export async function toldAsDeleted({ person }: Place, post: Written): Promise<number[]> {
  const rows = await person.database.sql<{ tweet: number }[]>`
    select (detail->'tweet')::int as tweet from events where post_id = ${post.id} and kind = 'tweet_deleted' order by id`;
  return rows.map(({ tweet }) => tweet);
}

/** Nothing of the post is at X, the last tweet went first, and what is left is a draft that nothing has happened to. */
export async function expectUndone(place: Place, post: Written, expected: { billed?: number } = {}): Promise<void> {
  const { sql } = place.person.database;
  const count = post.tweets.length;
  expect(living(place, post)).toEqual([]);
  expect(await toldAsDeleted(place, post)).toEqual(Array.from({ length: count }, (_, i) => count - i));
  expect(await billed(place, post)).toEqual(Array(expected.billed ?? count).fill(10_000));
  const { row, tweets, seal } = await stored(place, post);
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
