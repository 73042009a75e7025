import { beforeEach, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { judge } from "../../bench/support/verdict.ts";
import { type Shape, type Written, write } from "../../bench/support/writing.ts";
import type { AlarmPayload } from "../../src/core/post/alarm.ts";
import { isLaneOpen, takeLane } from "../../src/db/lanes.ts";
import { publishPost } from "../../src/publishing/run/publish.ts";
import { sceneForEach } from "./scene.ts";

const scene = sceneForEach();
beforeEach(() => {
  scene.world.addFault({
    match: { method: "POST", path: "/2/tweets" },
    times: "always",
    action: { kind: "delay", ms: 40, when: "before" },
  });
});

async function armed(shapes: readonly Shape[]): Promise<Written[]> {
  const posts: Written[] = [];
  for (const [n, shape] of shapes.entries()) {
    const post = await write(scene.parts, shape, `Post ${n}`);
    await scene.arm(post);
    posts.push(post);
  }
  return posts;
}

/** Rings everything that is due, all at the same time, until all is over. */
async function publishTogether(): Promise<void> {
  for (;;) {
    const due = await scene.sql<AlarmPayload[]>`
      select id as "postId", revision, alarm from posts where status = 'scheduled'`;
    if (due.length === 0) return;
    await Promise.all(due.map((alarm) => publishPost(scene.parts, alarm)));
  }
}

/** Whose tweet each one on the timeline is, in the order in which X made them: "Post 3", "Post 3", "Post 0". */
const timeline = () => scene.world.tweets.inOrder().map(({ text }) => text.split(",")[0] ?? "");

/** The names that appear, leave and come back. */
function interrupted(names: readonly string[]): string[] {
  const blocks = names.filter((name, index) => name !== names[index - 1]);
  return blocks.filter((name, index) => blocks.indexOf(name) < index);
}

test("nothing of the account gets in between the tweets of a thread, whatever is due at the same time", async () => {
  const posts = await armed(["single", "thread", "single", "thread", "single", "single", "images", "single"]);

  await publishTogether();

  expect(interrupted(timeline())).toEqual([]);
  expect(await judge(scene.sql, scene.world, posts)).toEqual([]);
}, 60_000);

test("a thread that waits for X's limit in its middle goes on before anything else does", async () => {
  const [thread] = await armed(["thread"]);
  scene.world.setLimit({ endpoint: "POST /2/tweets", limit: 3 });
  await scene.time.live(10_000);
  expect(timeline()).toHaveLength(3);
  scene.world.setLimit({ endpoint: "POST /2/tweets", limit: 100 });
  await scene.sql`delete from rate_limits`;
  const single = await write(scene.time.parts, "single", "Another");
  await scene.arm(single);

  await scene.time.live(20 * 60_000);

  expect(timeline().at(-1)).toBe("Another");
  expect(interrupted(timeline())).toEqual([]);
  expect(await judge(scene.sql, scene.world, thread === undefined ? [] : [thread, single])).toEqual([]);
});

test("of threads that want the lane at the same instant one gets it", async () => {
  const posts = await armed(["thread", "thread", "thread", "thread"]);
  const account = await accountId();
  const holders = await Promise.all(posts.map(held));

  const took = await Promise.all(holders.map((holder) => takeLane(scene.parts.orm, account, holder)));

  expect(took.filter(Boolean)).toHaveLength(1);
});

test("who has lost the lease takes no lane", async () => {
  const [post] = await armed(["thread"]);
  if (post === undefined) throw new Error("nothing is armed");
  await held(post);

  expect(await takeLane(scene.parts.orm, await accountId(), { id: post.id, leaseToken: randomUUID() })).toBe(false);
});

test("a thread that has begun keeps the lane however long nobody publishes it; one that has not keeps it a minute", async () => {
  const [begun, single] = await armed(["thread", "single"]);
  if (begun === undefined || single === undefined) throw new Error("nothing is armed");
  const { sql } = scene;
  const account = await accountId();
  await takeLane(scene.parts.orm, account, await held(begun));
  await sql`update accounts set lane_until = now() - interval '1 hour'`;
  expect(await isLaneOpen(scene.parts.orm, account, single.id)).toBe(true);
  await sql`update tweets set state = 'sent', x_id = '1' where post_id = ${begun.id} and position = 1`;
  expect(await isLaneOpen(scene.parts.orm, account, single.id)).toBe(false);
  await sql`update posts set sub_status = 'unconfirmed' where id = ${begun.id}`;
  expect(await isLaneOpen(scene.parts.orm, account, single.id)).toBe(true);
});

test("a thread that has ended does not keep the others waiting", async () => {
  const [dead, waiting] = await armed(["thread", "single"]);
  const { sql } = scene;
  await sql`update accounts set lane_post = ${dead?.id ?? ""}, lane_until = now() - interval '1 second'`;
  await sql`update posts set status = 'failed', failure = '{"code":"x","message":"x","next":"x"}' where id = ${dead?.id ?? ""}`;

  await publishTogether();

  expect(await judge(sql, scene.world, waiting === undefined ? [] : [waiting])).toEqual([]);
});

async function accountId(): Promise<string> {
  const [{ id = "" } = {}] = await scene.sql<{ id: string }[]>`select id from accounts`;
  return id;
}

/** As a process that has claimed the post holds it. */
async function held({ id }: Written): Promise<{ id: string; leaseToken: string }> {
  const leaseToken = randomUUID();
  await scene.sql`
    update posts set status = 'publishing', lease_token = ${leaseToken}, lease_until = now() + interval '12 seconds'
    where id = ${id}`;
  return { id, leaseToken };
}
