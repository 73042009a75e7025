import { expect, test } from "bun:test";
import { armNow, until } from "../../bench/support/stage.ts";
import { type Written, write, writeTweets } from "../../bench/support/writing.ts";
import type { RanOf } from "../support/run-psn.ts";
import { atX, ring, sceneForEach, stored } from "./scene.ts";

const MINUTE_MS = 60_000;
const scene = sceneForEach();

test("a cancelled post is a draft again, keeps its words, and does not go out", async () => {
  const { person, sql, time } = scene;
  const post = await write(time.parts, "single", "Second thoughts");
  const { id, seal } = post;
  await armNow(time.parts, post, new Date(time.now().getTime() + 6_000));

  const cancelled = await person.ok(["cancel", id]);

  expect(cancelled).toMatchObject({ status: "draft", result: "draft", seal: seal.slice(0, 8) });
  expect(cancelled.tweets).toMatchObject([{ text: "Second thoughts, tweet 1 of 1." }]);
  const jobs = await sql`select state from pgboss.job where name = 'publish-post'`;
  expect([...jobs]).toEqual([{ state: "cancelled" }]);
  await time.live(10 * MINUTE_MS);
  // Not even if its alarm rang after all.
  expect(await ring(scene, id)).toBe("stale");
  expect(scene.world.journal.attempts()).toEqual([]);
});

/** Runs `psn cancel` while X holds the second tweet of a thread, which this process publishes. */
async function cancelMidway(post: Written): Promise<RanOf<"cancel">> {
  const run = ring(scene, post.id);
  await until("X holds the tweet", () => scene.world.faults.view().some(({ holding }) => holding > 0));
  const cancelling = scene.person.psn(["cancel", post.id, "--json"]);
  await until("the stop is asked for", async () => (await stored(scene, post)).row.stopRequested);
  scene.world.release();
  expect(await run).toBe("failed");
  return await cancelling;
}

const SECOND = { method: "POST", path: "/2/tweets", nth: 2 };
const LIMITED = { kind: "answer", status: 429, body: { title: "Too Many Requests", status: 429 } } as const;

for (const [story, next, out] of [
  ["stops it before its next tweet, and says what is out", undefined, ["A.", "B."]],
  ["ends it at once when X answers that its limit is reached, not when the limit resets", LIMITED, ["A."]],
] as const) {
  test(`cancelling a thread that is going out ${story}`, async () => {
    const { parts, time, world } = scene;
    world.addFault({
      match: SECOND,
      action: { kind: "hold", when: "before", ...(next === undefined ? {} : { next }) },
    });
    const texts = ["A.", "B.", "C.", "D.", "E.", "F."].map((text) => ({ text, images: 0 }));
    const post = await writeTweets(parts, texts);
    await scene.arm(post);

    const { exit, json } = await cancelMidway(post);

    expect(exit).toBe(8);
    expect(json.data).toMatchObject({ status: "failed", subStatus: "thread_partial", result: "stopped" });
    expect(json.data.tweets.filter(({ state }) => state === "sent")).toHaveLength(out.length);
    await time.live(20 * MINUTE_MS);
    expect(atX(scene)).toEqual([...out]);
  });
}
