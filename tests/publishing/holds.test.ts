import { expect, test } from "bun:test";
import { judge } from "../../bench/support/verdict.ts";
import { type Written, write } from "../../bench/support/writing.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import { approve } from "../../src/publishing/approve.ts";
import { retryPost } from "../../src/publishing/retry.ts";
import { sceneForEach } from "./scene.ts";

const MINUTE_MS = 60_000;
/** X's words when there is nothing left to pay with (docs, fundamentals/response-codes). */
const NO_CREDITS = {
  kind: "answer",
  status: 402,
  body: {
    title: "CreditsDepleted",
    detail: "Your enrolled account does not have any credits to fulfill this request.",
    type: "https://api.x.com/2/problems/credits",
  },
} as const;
const spendCap = (resetDate: string) =>
  ({
    kind: "answer",
    status: 403,
    body: {
      title: "SpendCapReached",
      detail: `Your account has reached its billing cycle spend cap. API requests will be blocked until the next cycle begins on ${resetDate} or your spend cap is increased.`,
      type: "https://api.x.com/2/problems/credits",
      account_id: 1,
      reset_date: resetDate,
    },
  }) as const;
const CREATE = { method: "POST", path: "/2/tweets" };

const scene = sceneForEach();

async function schedule(mark: string, inMs: number, shape: "single" | "thread" = "single"): Promise<Written> {
  const post = await write(scene.time.parts, shape, mark);
  const instant = new Date(scene.time.now().getTime() + inMs);
  const wall = instant.toISOString().slice(0, 16);
  const plan = () => ({ instant, zone: "UTC", wall, late: "publish", notAfter: null }) as const;
  await approve(scene.time.parts, parsePostId(post.id), post.seal, { event: "scheduled", plan });
  return post;
}

async function rows() {
  return await scene.sql<{ id: string; status: string; sub: string | null; at: Date; code: string }[]>`
    select id, status, sub_status as sub, alarm_at as at, failure->>'code' as code from posts order by scheduled_at`;
}

const askedToCreate = () => scene.world.state().attempts.length;

test("without credits the whole account waits, one post asks for all, and with credits all go out at once", async () => {
  const posts: Written[] = [];
  for (let n = 0; n < 6; n++) posts.push(await schedule(`Post ${n}`, (n + 1) * 1_000));
  scene.world.addFault({ match: CREATE, times: "always", action: NO_CREDITS });

  await scene.time.live(35 * MINUTE_MS);

  // The first one met it; after that one post asks every ten minutes.
  expect(askedToCreate()).toBe(4);
  for (const row of await rows())
    expect(row).toMatchObject({ status: "scheduled", sub: "out_of_credits", code: "credits_depleted" });

  scene.world.clearFaults();
  await scene.time.live(6 * MINUTE_MS);

  expect(await judge(scene.sql, scene.world, posts)).toEqual([]);
});

test("a spend cap holds the account until the day that X names", async () => {
  const resetDate = new Date(scene.time.now().getTime() + 3 * 24 * 60 * MINUTE_MS).toISOString().slice(0, 10);
  await schedule("Too dear", 1_000);
  scene.world.addFault({ match: CREATE, times: "always", action: spendCap(resetDate) });

  await scene.time.live(60 * MINUTE_MS);

  const [row] = await rows();
  expect(row).toMatchObject({ status: "scheduled", sub: "out_of_credits", code: "spend_cap" });
  expect(row?.at.toISOString().slice(0, 10)).toBe(resetDate);
  expect(askedToCreate()).toBe(1);
});

test("a person who has bought credits does not wait for the next look: retry tries at once", async () => {
  const first = await schedule("First", 1_000);
  const second = await schedule("Second", 2_000);
  scene.world.addFault({ match: CREATE, times: "always", action: NO_CREDITS });
  await scene.time.live(MINUTE_MS);
  scene.world.clearFaults();

  const plan = () => {
    throw new Error("what waits keeps its plan");
  };
  await retryPost(scene.time.parts, parsePostId(second.id), second.seal, { plan, from: undefined });
  await scene.time.live(5_000);

  expect(await judge(scene.sql, scene.world, [first, second])).toEqual([]);
});

test("a suspended account waits as one and goes on by itself; other accounts are not held up", async () => {
  const { person, world } = scene;
  const [handle] = world.state().accounts.map((account) => account.handle);
  const held = [await schedule("Held 1", 1_000), await schedule("Held 2", 2_000)];
  world.putAccount({ handle: handle ?? "", suspended: true });
  await scene.account("other");
  const free = await schedule("Free", 3_000);

  await scene.time.live(12 * MINUTE_MS);

  expect(await judge(person.database.sql, world, [free])).toEqual([]);
  const waiting = (await rows()).filter((row) => row.status !== "published");
  expect(waiting.map(({ status, code }) => ({ status, code }))).toEqual([
    { status: "scheduled", code: "account_locked" },
    { status: "scheduled", code: "account_locked" },
  ]);
  expect(askedToCreate()).toBe(3);

  world.putAccount({ handle: handle ?? "", suspended: false });
  await scene.time.live(12 * MINUTE_MS);

  expect(await judge(person.database.sql, world, [...held, free])).toEqual([]);
});

test("the last request of 15 minutes is not followed by one that X would refuse", async () => {
  scene.world.setLimit({ endpoint: "POST /2/tweets", limit: 3 });
  const thread = await schedule("Limited", 1_000, "thread");

  await scene.time.live(MINUTE_MS);

  expect(askedToCreate()).toBe(3);
  const [row] = await rows();
  expect(row).toMatchObject({ status: "scheduled", sub: "rate_limited", code: "rate_limited" });
  expect(row?.at.getTime()).toBeGreaterThan(scene.time.now().getTime() + 10 * MINUTE_MS);

  scene.world.setLimit({ endpoint: "POST /2/tweets", limit: 1_000 });
  await scene.time.live(16 * MINUTE_MS);
  expect(await judge(scene.sql, scene.world, [thread])).toEqual([]);
});

test("a limit of 24 hours is told from one of 15 minutes, and waited for", async () => {
  scene.world.setDailyLimit({ endpoint: "POST /2/tweets", scope: "user", limit: 2 });
  const thread = await schedule("Daily", 1_000, "thread");

  await scene.time.live(30 * MINUTE_MS);

  expect(askedToCreate()).toBe(2);
  const [row] = await scene.sql<{ at: Date; message: string }[]>`
    select alarm_at as at, failure->>'message' as message from posts where id = ${thread.id}`;
  expect(row?.message).toContain("24 hours");
  expect(row?.at.getTime()).toBeGreaterThan(scene.time.now().getTime() + 20 * 60 * MINUTE_MS);
});
