import { beforeEach, expect, test } from "bun:test";
import { judge } from "../../bench/support/verdict.ts";
import { type Written, write } from "../../bench/support/writing.ts";
import { openLocalEngine } from "../../src/engine/local/engine.ts";
import { reconcile } from "../../src/publishing/reconcile.ts";
import { publishPost } from "../../src/publishing/run/publish.ts";
import { sceneForEach } from "./scene.ts";

/** A laptop whose clock is wrong, with a database elsewhere whose clock is right. */
const AHEAD_MS = 10 * 60_000;
const ahead = () => new Date(Date.now() + AHEAD_MS);

const scene = sceneForEach();
let post: Written;
beforeEach(async () => {
  post = await write(scene.parts, "single", "What time is it?");
  await scene.arm(post);
});

test("a clock that runs ahead of the database's does not shorten the wait for a tweet that X shows late", async () => {
  const { parts, world, person } = scene;
  world.configure({ readLagMs: 1_000 });
  world.addFault({ match: { method: "POST", path: "/2/tweets" }, action: { kind: "drop", when: "after" } });
  const [alarm] = await person.database.sql<{ revision: number; alarm: number }[]>`select revision, alarm from posts`;

  await publishPost(
    { ...parts, now: ahead, policy: { ...parts.policy, settleMs: 100, secondLookMs: 2_000 } },
    { postId: post.id, revision: 0, alarm: 0, ...alarm },
  );

  expect(await judge(person.database.sql, world, [post])).toEqual([]);
  expect(world.tweets.inOrder()).toHaveLength(1);
});

test("an alarm rings after the time that is left, whatever the database's clock says", async () => {
  const engine = await openLocalEngine(scene.parts.orm, ahead);

  const id = await engine.arm({
    postId: post.id,
    revision: 9,
    alarm: 9,
    accountId: "",
    at: new Date(ahead().getTime() + 60_000),
  });

  const [run] = await scene.sql<{ left: number }[]>`
    select extract(epoch from start_after - now())::float as left from pgboss.job where id = ${id}`;
  expect(run?.left).toBeGreaterThan(50);
  expect(run?.left).toBeLessThan(60);
  await engine.close();
});

test("a post whose holder died is handed on though its alarm was set by a clock that runs ahead", async () => {
  await scene.sql`
    update posts set status = 'publishing', lease_token = gen_random_uuid(), lease_until = now() - interval '1 second',
      alarm_at = ${ahead()}, updated_at = now() - interval '13 seconds'`;

  expect(await reconcile(scene.parts)).toMatchObject({ rearmed: 1 });
  // And once only, while the new alarm is on its way.
  expect(await reconcile(scene.parts)).toMatchObject({ rearmed: 0 });
});
