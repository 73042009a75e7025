import { describe, expect, test } from "bun:test";
import { judge } from "../../bench/support/verdict.ts";
import type { Written } from "../../bench/support/writing.ts";
import { armed, atX, retried, sceneForEach } from "./scene.ts";

const MINUTE_MS = 60_000;
const LOST = { kind: "drop", when: "after" } as const;
const create = (nth: number) => ({ method: "POST", path: "/2/tweets", nth });
const READ = { method: "GET", path: "/2/users/:id/tweets" };
const DOWN = { kind: "answer", status: 503, body: { title: "Service Unavailable", status: 503 } } as const;

const scene = sceneForEach();

async function endOf(post: Written) {
  const [row] = await scene.sql<{ status: string; sub: string | null; code: string; at: Date }[]>`
    select status, sub_status as sub, failure->>'code' as code, updated_at as at from posts where id = ${post.id}`;
  return row;
}

/** The tweets that X was asked to create: one more than there are tells of a repetition. */
const asked = () => scene.world.state().attempts.length;
const texts = () => atX(scene);

describe("a tweet whose answer was lost is found on the timeline", () => {
  for (const vocabulary of ["tweet", "post", "both"] as const) {
    test(`in X's words of today and of yesterday: ${vocabulary}`, async () => {
      scene.world.configure({ vocabulary });
      scene.world.addFault({ match: create(2), action: LOST });
      const post = await armed(scene, "One.", "Two.", "Three.");
      await scene.time.live(5 * MINUTE_MS);
      expect(asked()).toBe(3);
      expect(await judge(scene.sql, scene.world, [post])).toEqual([]);
    });
  }

  test("among tweets of the same text in one thread, by what it replies to", async () => {
    for (const nth of [1, 2, 3]) {
      scene.world.addFault({ match: create(nth), action: LOST });
    }
    const post = await armed(scene, "Tick.", "Tick.", "Tick.");
    await scene.time.live(10 * MINUTE_MS);
    expect(asked()).toBe(3);
    const ids = await scene.sql<{ xId: string }[]>`select x_id as "xId" from tweets order by position`;
    expect(ids.map(({ xId }) => xId)).toEqual(scene.world.tweets.inOrder().map(({ id }) => id));
    expect((await endOf(post))?.status).toBe("published");
  });

  test("with its links, which X writes in its own way, and signs that X escapes", async () => {
    scene.world.addFault({ match: create(1), action: LOST });
    const post = await armed(scene, "a < b && c > d, see example.com/x?y=1&z=2 and https://example.org");
    await scene.time.live(5 * MINUTE_MS);
    expect(asked()).toBe(1);
    expect((await endOf(post))?.status).toBe("published");
  });

  test("below the 150 tweets that the person has written by hand since", async () => {
    scene.world.addFault({ match: create(1), action: LOST });
    await armed(scene, "Under a pile.");
    let written = 0;
    scene.time.onSleep(() => {
      while (scene.world.tweets.inOrder().length > 0 && written < 150) {
        written += 1;
        scene.world.writeTweet({ text: `By hand, ${written}` });
      }
    });
    await scene.time.live(5 * MINUTE_MS);
    expect(written).toBe(150);
    expect(texts().filter((text) => text === "Under a pile.")).toHaveLength(1);
  });

  test("though the person has edited it meanwhile", async () => {
    scene.world.addFault({ match: create(2), action: { kind: "delay", ms: 0, when: "after", next: LOST } });
    const post = await armed(scene, "One.", "Two, with one mistale in it.");
    scene.time.onSleep(() => {
      const [, second] = scene.world.tweets.inOrder();
      if (second?.history.length === 1) scene.world.editTweet(second.id, "Two, with one mistake in it.");
    });
    await scene.time.live(5 * MINUTE_MS);
    expect(asked()).toBe(2);
    expect((await endOf(post))?.status).toBe("published");
  });

  test("when the timeline shows it only at the second look", async () => {
    scene.world.configure({ readLagReads: 1 });
    scene.world.addFault({ match: create(1), action: LOST });
    await armed(scene, "Shy.");
    await scene.time.live(5 * MINUTE_MS);
    expect(asked()).toBe(1);
    expect(texts()).toEqual(["Shy."]);
  });
});

test("what the looks cost is in the books, as X bills it", async () => {
  scene.world.addFault({ match: create(2), action: LOST });
  await armed(scene, "One.", "Two.");
  await scene.time.live(5 * MINUTE_MS);
  const [spent] = await scene.sql<{ usd: number }[]>`select sum(micro_usd)::float / 1e6 as usd from spend`;
  expect(spent?.usd).toBeCloseTo(scene.world.state().billing.spentUsd, 6);
});

test("proven absent within 15 minutes it is sent again, later it is not", async () => {
  scene.world.addFault({ match: create(1), action: { kind: "drop", when: "before" } });
  const soon = await armed(scene, "Soon.");
  await scene.time.live(5 * MINUTE_MS);
  expect((await endOf(soon))?.status).toBe("published");
  expect(asked()).toBe(2);

  scene.world.addFault({ match: create(1), action: { kind: "drop", when: "before" } });
  scene.world.addFault({ match: READ, times: "always", action: DOWN });
  const late = await armed(scene, "Late.");
  await scene.time.live(16 * MINUTE_MS);
  scene.world.clearFaults();
  await scene.time.live(30 * MINUTE_MS);
  expect(await endOf(late)).toMatchObject({ status: "failed", sub: "missed" });
  expect(texts()).toEqual(["Soon."]);
});

test("while the timeline can't be read psn looks six times, then asks, and goes on looking for a day", async () => {
  scene.world.addFault({ match: create(1), action: LOST });
  const fault = { match: READ, times: "always", action: DOWN } as const;
  scene.world.addFault(fault);
  const post = await armed(scene, "Unseen.");
  const begun = scene.time.now().getTime();
  await scene.time.live(18 * MINUTE_MS);
  expect(await endOf(post)).toMatchObject({ status: "scheduled", sub: "unconfirmed" });
  await scene.time.live(2 * MINUTE_MS);
  const asking = await endOf(post);
  expect(asking).toMatchObject({ status: "failed", sub: "unconfirmed", code: "unconfirmed" });
  expect(asking?.at.getTime()).toBeGreaterThan(begun + 18 * MINUTE_MS);

  await scene.time.live(3 * 60 * MINUTE_MS);
  expect(await endOf(post)).toMatchObject({ status: "failed", sub: "unconfirmed" });
  scene.world.clearFaults();
  await scene.time.live(12 * MINUTE_MS);

  expect(await judge(scene.sql, scene.world, [post])).toEqual([]);
  expect(asked()).toBe(1);
});

test("when two tweets on the timeline could be it, the person is asked which, and nothing is sent", async () => {
  scene.world.addFault({ match: create(1), action: LOST });
  const post = await armed(scene, "Same words.");
  scene.world.writeTweet({ text: "Same words." });
  await scene.time.live(30 * MINUTE_MS);
  expect(await endOf(post)).toMatchObject({ status: "failed", sub: "unconfirmed", code: "two_candidates" });
  expect(asked()).toBe(1);

  const [first] = scene.world.tweets.inOrder();
  scene.world.deleteTweet(first?.id ?? "");
  await retried(scene, post);
  await scene.time.live(MINUTE_MS);
  expect((await endOf(post))?.status).toBe("published");
  expect(texts()).toEqual(["Same words."]);
});

test("a post of which psn is still finding out lets the account's other posts go on", async () => {
  scene.world.addFault({ match: create(1), action: LOST });
  scene.world.addFault({
    match: READ,
    times: "always",
    action: { kind: "answer", status: 403, body: { title: "Forbidden", detail: "No.", status: 403 } },
  });
  const thread = await armed(scene, "First of two.", "Second of two.");
  await scene.time.live(2 * MINUTE_MS);
  const other = await armed(scene, "Meanwhile.");
  await scene.time.live(MINUTE_MS);
  expect((await endOf(other))?.status).toBe("published");
  expect((await endOf(thread))?.sub).toBe("unconfirmed");
});
