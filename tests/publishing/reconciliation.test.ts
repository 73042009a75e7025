import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { openStage, type Stage } from "../../bench/support/stage.ts";
import { judge } from "../../bench/support/verdict.ts";
import { type Written, writeTweets } from "../../bench/support/writing.ts";
import { letTimePass, type PassingTime } from "../support/passing-time.ts";

const MINUTE_MS = 60_000;
const LOST = { kind: "drop", when: "after" } as const;
const create = (nth: number) => ({ method: "POST", path: "/2/tweets", nth });
const READ = { method: "GET", path: "/2/users/:id/tweets" };
const DOWN = { kind: "answer", status: 503, body: { title: "Service Unavailable", status: 503 } } as const;

let stage: Stage;
let time: PassingTime;
beforeEach(async () => {
  stage = await openStage();
  time = await letTimePass(stage.person);
});
afterEach(async () => {
  await time.close();
  await stage.leave();
});

async function armed(...texts: string[]): Promise<Written> {
  const post = await writeTweets(
    time.parts,
    texts.map((text) => ({ text, images: 0 })),
  );
  await stage.arm(post);
  return post;
}

async function endOf(post: Written) {
  const [row] = await stage.person.database.sql<{ status: string; sub: string | null; code: string; at: Date }[]>`
    select status, sub_status as sub, failure->>'code' as code, updated_at as at from posts where id = ${post.id}`;
  return row;
}

/** The tweets that X was asked to create: one more than there are tells of a repetition. */
const asked = () => stage.world.state().attempts.length;
const texts = () =>
  stage.world.tweets
    .inOrder()
    .filter(({ deleted }) => !deleted)
    .map(({ text }) => text);

describe("a tweet whose answer was lost is found on the timeline", () => {
  for (const vocabulary of ["tweet", "post", "both"] as const) {
    test(`in X's words of today and of yesterday: ${vocabulary}`, async () => {
      stage.world.configure({ vocabulary });
      stage.world.addFault({ match: create(2), action: LOST });
      const post = await armed("One.", "Two.", "Three.");
      await time.live(5 * MINUTE_MS);
      expect(asked()).toBe(3);
      expect(await judge(stage.person.database.sql, stage.world, [post])).toEqual([]);
    });
  }

  test("among tweets of the same text in one thread, by what it replies to", async () => {
    for (const nth of [1, 2, 3]) {
      stage.world.addFault({ match: create(nth), action: LOST });
    }
    const post = await armed("Tick.", "Tick.", "Tick.");
    await time.live(10 * MINUTE_MS);
    expect(asked()).toBe(3);
    const ids = await stage.person.database.sql<{ xId: string }[]>`select x_id as "xId" from tweets order by position`;
    expect(ids.map(({ xId }) => xId)).toEqual(stage.world.tweets.inOrder().map(({ id }) => id));
    expect((await endOf(post))?.status).toBe("published");
  });

  test("with its links, which X writes in its own way, and signs that X escapes", async () => {
    stage.world.addFault({ match: create(1), action: LOST });
    const post = await armed("a < b && c > d, see example.com/x?y=1&z=2 and https://example.org");
    await time.live(5 * MINUTE_MS);
    expect(asked()).toBe(1);
    expect((await endOf(post))?.status).toBe("published");
  });

  test("below the 150 tweets that the person has written by hand since", async () => {
    stage.world.addFault({ match: create(1), action: LOST });
    await armed("Under a pile.");
    let written = 0;
    time.onSleep(() => {
      while (stage.world.tweets.inOrder().length > 0 && written < 150) {
        written += 1;
        stage.world.writeTweet({ text: `By hand, ${written}` });
      }
    });
    await time.live(5 * MINUTE_MS);
    expect(written).toBe(150);
    expect(texts().filter((text) => text === "Under a pile.")).toHaveLength(1);
  });

  test("though the person has edited it meanwhile", async () => {
    stage.world.addFault({ match: create(2), action: { kind: "delay", ms: 0, when: "after", next: LOST } });
    const post = await armed("One.", "Two, with one mistale in it.");
    time.onSleep(() => {
      const [, second] = stage.world.tweets.inOrder();
      if (second?.history.length === 1) stage.world.editTweet(second.id, "Two, with one mistake in it.");
    });
    await time.live(5 * MINUTE_MS);
    expect(asked()).toBe(2);
    expect((await endOf(post))?.status).toBe("published");
  });

  test("when the timeline shows it only at the second look", async () => {
    stage.world.configure({ readLagReads: 1 });
    stage.world.addFault({ match: create(1), action: LOST });
    await armed("Shy.");
    await time.live(5 * MINUTE_MS);
    expect(asked()).toBe(1);
    expect(texts()).toEqual(["Shy."]);
  });
});

test("what the looks cost is in the books, as X bills it", async () => {
  stage.world.addFault({ match: create(2), action: LOST });
  await armed("One.", "Two.");
  await time.live(5 * MINUTE_MS);
  const [spent] = await stage.person.database.sql<
    { usd: number }[]
  >`select sum(micro_usd)::float / 1e6 as usd from spend`;
  expect(spent?.usd).toBeCloseTo(stage.world.state().billing.spentUsd, 6);
});

test("proven absent within 15 minutes it is sent again, later it is not", async () => {
  stage.world.addFault({ match: create(1), action: { kind: "drop", when: "before" } });
  const soon = await armed("Soon.");
  await time.live(5 * MINUTE_MS);
  expect((await endOf(soon))?.status).toBe("published");
  expect(asked()).toBe(2);

  stage.world.addFault({ match: create(1), action: { kind: "drop", when: "before" } });
  stage.world.addFault({ match: READ, times: "always", action: DOWN });
  const late = await armed("Late.");
  await time.live(16 * MINUTE_MS);
  stage.world.clearFaults();
  await time.live(30 * MINUTE_MS);
  expect(await endOf(late)).toMatchObject({ status: "failed", sub: "missed" });
  expect(texts()).toEqual(["Soon."]);
});

test("while the timeline can't be read psn looks six times, then asks, and goes on looking for a day", async () => {
  stage.world.addFault({ match: create(1), action: LOST });
  const fault = { match: READ, times: "always", action: DOWN } as const;
  stage.world.addFault(fault);
  const post = await armed("Unseen.");
  const begun = time.now().getTime();
  await time.live(18 * MINUTE_MS);
  expect(await endOf(post)).toMatchObject({ status: "scheduled", sub: "unconfirmed" });
  await time.live(2 * MINUTE_MS);
  const asking = await endOf(post);
  expect(asking).toMatchObject({ status: "failed", sub: "unconfirmed", code: "unconfirmed" });
  expect(asking?.at.getTime()).toBeGreaterThan(begun + 18 * MINUTE_MS);

  await time.live(3 * 60 * MINUTE_MS);
  expect(await endOf(post)).toMatchObject({ status: "failed", sub: "unconfirmed" });
  stage.world.clearFaults();
  await time.live(12 * MINUTE_MS);

  expect(await judge(stage.person.database.sql, stage.world, [post])).toEqual([]);
  expect(asked()).toBe(1);
});

test("when two tweets on the timeline could be it, the person is asked which, and nothing is sent", async () => {
  stage.world.addFault({ match: create(1), action: LOST });
  const post = await armed("Same words.");
  stage.world.writeTweet({ text: "Same words." });
  await time.live(30 * MINUTE_MS);
  expect(await endOf(post)).toMatchObject({ status: "failed", sub: "unconfirmed", code: "two_candidates" });
  expect(asked()).toBe(1);

  const [first] = stage.world.tweets.inOrder();
  stage.world.deleteTweet(first?.id ?? "");
  const seal = post.seal.slice(0, 8);
  const ran = await stage.person.psn(["retry", post.id, "--expect", seal, "--wait", "--json"]);
  expect(ran.json.data.status).toBe("published");
  expect(texts()).toEqual(["Same words."]);
});

test("a post of which psn is still finding out lets the account's other posts go on", async () => {
  stage.world.addFault({ match: create(1), action: LOST });
  stage.world.addFault({
    match: READ,
    times: "always",
    action: { kind: "answer", status: 403, body: { title: "Forbidden", detail: "No.", status: 403 } },
  });
  const thread = await armed("First of two.", "Second of two.");
  await time.live(2 * MINUTE_MS);
  const other = await armed("Meanwhile.");
  await time.live(MINUTE_MS);
  expect((await endOf(other))?.status).toBe("published");
  expect((await endOf(thread))?.sub).toBe("unconfirmed");
});
