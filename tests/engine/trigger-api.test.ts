import { describe, expect, test } from "bun:test";
import type { RetrieveRunResult } from "@trigger.dev/sdk";
import { readRecordings } from "../support/trigger-api/recordings.ts";
import { Replay } from "../support/trigger-api/replay.ts";
import { failureOf, setUp } from "../support/trigger-api/sdk.ts";
import type { TriggerApi } from "../support/trigger-api/trigger-api.ts";
import { RetryAt, type Ring } from "../support/trigger-api/worker.ts";

const HOUR = 3_600_000;
const inAnHour = (api: TriggerApi): Date => new Date(api.now().getTime() + HOUR);
const isCached = (handle: object): unknown => "isCached" in handle && handle.isCached;

describe("as recorded", () => {
  const recordings = readRecordings();
  if (recordings === null) console.log("the stand-in is not checked against recordings: ../shared is not here");

  test.skipIf(recordings === null)("it answers what the platform answered, exchange by exchange", async () => {
    await using replay = await Replay.start(recordings ?? []);
    const elsewhere = new Map<string, number>();
    let compared = 0;
    for (const [index, recorded] of (recordings ?? []).entries()) {
      const name = `${index} ${recorded.method} ${recorded.path}`;
      const result = await replay.exchange(recorded);
      if (result.kind === "no such route") {
        const group = recorded.path.replace(/\?.*/, "").replaceAll(/(run|batch|sched)_\w+/g, ":id");
        elsewhere.set(group, (elsewhere.get(group) ?? 0) + 1);
        continue;
      }
      expect({ name, ...result.answered }).toEqual({ name, ...result.recorded });
      compared += 1;
    }
    const left = [...elsewhere].map(([group, count]) => `${count} of ${group}`).join(", ");
    console.log(`${compared} of ${recordings?.length} recorded exchanges compared; routes it does not have: ${left}`);
    expect(compared).toBeGreaterThanOrEqual(49);
  });
});

describe("delays", () => {
  test("a run is delayed until its time, then due, then whatever the task makes of it", async () => {
    await using it = await setUp({ onRing: async ({ payload, attempt }) => ({ payload, attempt }) });
    const { id } = await it.arm({ delay: inAnHour(it.api), tags: ["post:1"] });
    expect(await it.client.runs.retrieve(id)).toMatchObject({ status: "DELAYED", isQueued: true, tags: ["post:1"] });
    it.api.advance(HOUR - 1_000);
    expect(it.api.worker.due()).toEqual([]);
    it.api.advance(1_000);
    expect(it.api.worker.due().map((run) => run.id)).toEqual([id]);
    expect(await it.client.runs.retrieve(id)).toMatchObject({ status: "QUEUED" });
    await it.api.worker.ringDue();
    const output = { payload: { postId: "1" }, attempt: 1 };
    expect(await it.client.runs.retrieve(id)).toMatchObject({ status: "COMPLETED", isSuccess: true, output });
  });

  test.each([
    ["in the past", "2001-01-01T00:00:00Z"],
    ["a number", "10"],
    ["no duration", "3mo"],
    ["words", "tomorrow 9am"],
  ])("a delay that is %s is accepted, and the run is due at once", async (_, delay) => {
    await using it = await setUp();
    const { id } = await it.arm({ delay });
    expect(it.api.worker.due().map((run) => run.id)).toEqual([id]);
    const run: RetrieveRunResult<unknown> = await it.client.runs.retrieve(id);
    expect(run.status).toBe("QUEUED");
    expect(run.delayedUntil).toBeUndefined();
  });

  test("durations, offsets and dates without a zone are read as the platform reads them", async () => {
    const now = new Date("2026-11-22T08:00:00Z");
    await using it = await setUp({ now: () => now });
    const until = async (delay: string) => it.api.run((await it.arm({ delay })).id).delayedUntil?.toISOString();
    expect(await until("1h30m")).toBe("2026-11-22T09:30:00.000Z");
    expect(await until("1w")).toBe("2026-11-29T08:00:00.000Z");
    expect(await until("2026-12-01T09:00:00+02:00")).toBe("2026-12-01T07:00:00.000Z");
    expect(await until("2026-12-01T09:00:00")).toBe("2026-12-01T09:00:00.000Z");
  });

  test("a run moves to another time while it is delayed, and only then, and only to a time ahead", async () => {
    await using it = await setUp();
    const { id } = await it.arm({ delay: inAnHour(it.api) });
    const move = (delay: Date | string) => it.client.runs.reschedule(id, { delay });
    await move(new Date(it.api.now().getTime() + 60_000));
    expect(await failureOf(move("yesterday"))).toMatchObject({ status: 400, message: "Invalid delay: yesterday" });
    it.api.advance(60_000);
    expect(it.api.worker.due()).toHaveLength(1);
    const late = { status: 400, message: "Cannot reschedule a run that is not delayed" };
    expect(await failureOf(move("1h"))).toMatchObject(late);
  });

  test("an unknown task or queue is accepted and parks when it is due, until a deployment knows it", async () => {
    await using it = await setUp();
    const runs = [await it.arm({ delay: "1h" }, "publish-pots"), await it.arm({ delay: "1h", queue: "nobody's" })];
    const states = () => Promise.all(runs.map(async ({ id }) => (await it.client.runs.retrieve(id)).status));
    expect(await states()).toEqual(["DELAYED", "DELAYED"]);
    it.api.advance(HOUR);
    expect(await states()).toEqual(["PENDING_VERSION", "PENDING_VERSION"]);
    expect(it.api.worker.due()).toEqual([]);
    it.api.deploy({ tasks: ["publish-pots", "publish-post"], queues: ["nobody's"] });
    expect(await states()).toEqual(["QUEUED", "QUEUED"]);
  });

  test("EXPIRED is not completed: in development a run waits ten minutes for a worker, in production for ever", async () => {
    await using dev = await setUp({ secretKeys: ["tr_dev_standin"] });
    await using prod = await setUp();
    for (const it of [dev, prod]) {
      const { id } = await it.arm({ delay: "1h" });
      it.api.advance(HOUR + 11 * 60_000);
      const status = it === dev ? "EXPIRED" : "QUEUED";
      expect(await it.client.runs.retrieve(id)).toMatchObject({ status, isCompleted: false, isFailed: false });
    }
  });
});

describe("idempotency keys", () => {
  test("the same key gives the same run, and the new delay and payload are ignored; another task has its own", async () => {
    await using it = await setUp({ deployment: { tasks: ["publish-post", "other"], queues: [] } });
    const delay = inAnHour(it.api);
    const first = await it.arm({ delay, idempotencyKey: "post:1" });
    const again = await it.arm({ delay: "5h", idempotencyKey: "post:1" });
    expect([again.id, isCached(first), isCached(again)]).toEqual([first.id, false, true]);
    expect(it.api.run(first.id).delayedUntil).toEqual(delay);
    expect((await it.arm({ idempotencyKey: "post:1" }, "other")).id).not.toBe(first.id);
    expect(await it.client.runs.retrieve(first.id)).toMatchObject({ idempotencyKey: "post:1" });
  });

  test.each([
    ["kept by", "COMPLETED", (api: TriggerApi, id: string) => api.worker.complete(id)],
    ["released by", "FAILED", (api: TriggerApi, id: string) => api.worker.fail(id)],
    ["released by", "CRASHED", (api: TriggerApi, id: string) => api.worker.crash(id)],
    ["released by", "SYSTEM_FAILURE", (api: TriggerApi, id: string) => api.worker.breakDown(id)],
    ["released by", "TIMED_OUT", (api: TriggerApi, id: string) => api.worker.timeOut(id)],
    ["released by", "EXPIRED", (api: TriggerApi, id: string) => api.worker.expire(id)],
  ] as const)("a key is %s a run that is %s", async (key, status, end) => {
    await using it = await setUp();
    const { id } = await it.arm({ idempotencyKey: "k" });
    end(it.api, id);
    expect(await it.client.runs.retrieve(id)).toMatchObject({ status });
    expect((await it.arm({ idempotencyKey: "k" })).id === id).toBe(key === "kept by");
  });

  test("a cancelled run keeps its key, so that nothing is armed, until the key is reset", async () => {
    await using it = await setUp();
    const key = { idempotencyKey: "a".repeat(64), delay: "1h" };
    const { id } = await it.arm(key);
    await it.client.runs.cancel(id);
    const again = await it.arm(key);
    expect([again.id, isCached(again)]).toEqual([id, true]);
    expect(await it.client.runs.retrieve(id)).toMatchObject({ status: "CANCELED", isCompleted: true, isFailed: true });
    await reset(it.api, "a".repeat(64), 200);
    expect((await it.arm(key)).id).not.toBe(id);
    await reset(it.api, "b".repeat(64), 404);
  });

  test("a key lives as long as it says in s, m, h or d, and 30 days where it says anything else", async () => {
    await using it = await setUp();
    const cachedAfter = async (idempotencyKeyTTL: string, ms: number) => {
      const options = { delay: "90d", idempotencyKey: `${idempotencyKeyTTL} ${ms}`, idempotencyKeyTTL };
      const { id } = await it.arm(options);
      it.api.advance(ms);
      return (await it.arm(options)).id === id;
    };
    expect(await cachedAfter("2h", HOUR)).toBe(true);
    expect(await cachedAfter("2h", 3 * HOUR)).toBe(false);
    expect(await cachedAfter("52w", 29 * 24 * HOUR)).toBe(true);
    expect(await cachedAfter("52w", 31 * 24 * HOUR)).toBe(false);
  });
});

async function reset(api: TriggerApi, key: string, status: number): Promise<void> {
  const body = JSON.stringify({ taskIdentifier: "publish-post" });
  const headers = { authorization: `Bearer ${api.secretKey}` };
  const answer = await fetch(`${api.url}/api/v1/idempotencyKeys/${key}/reset`, { method: "POST", headers, body });
  expect(answer.status).toBe(status);
}

describe("cancel", () => {
  test("says yes to a finished run and changes nothing; an unknown one is not found", async () => {
    await using it = await setUp();
    const { id } = await it.arm();
    it.api.worker.complete(id, "out");
    expect(await it.client.runs.cancel(id)).toEqual({ id });
    expect(await it.client.runs.retrieve(id)).toMatchObject({ status: "COMPLETED", output: "out" });
    expect(await failureOf(it.client.runs.cancel("run_nope"))).toMatchObject({ status: 404 });
  });

  test("an executing run is CANCELED at once, its task is told, and what it returns afterwards is dropped", async () => {
    const started = Promise.withResolvers<Ring>();
    const finish = Promise.withResolvers<string>();
    const onRing = (ring: Ring) => {
      started.resolve(ring);
      return finish.promise;
    };
    await using it = await setUp({ onRing });
    const { id } = await it.arm();
    const rung = it.api.worker.ring(id);
    const { signal } = await started.promise;
    await it.client.runs.cancel(id);
    expect([it.api.run(id).status, it.api.run(id).finishedAt, signal.aborted]).toEqual(["CANCELED", null, true]);
    finish.resolve("too late");
    await rung;
    it.api.advance(1_000);
    const { status, output, finishedAt } = await it.client.runs.retrieve(id);
    expect([status, output, finishedAt instanceof Date]).toEqual(["CANCELED", undefined, true]);
  });
});

describe("the worker", () => {
  test("a thrown error fails the run; RetryAt repeats it later, up to the last attempt", async () => {
    const attempts: number[] = [];
    const onRing = async ({ attempt }: Ring) => {
      attempts.push(attempt);
      throw new RetryAt(new Date(it.api.now().getTime() + HOUR));
    };
    await using it = await setUp({ onRing });
    const { id } = await it.arm({ delay: "1h", maxAttempts: 2 });
    await it.api.live(90 * 60_000);
    expect([attempts, it.api.run(id).status]).toEqual([[1], "EXECUTING"]);
    await it.api.live(HOUR);
    expect([attempts, it.api.run(id).status]).toEqual([[1, 2], "FAILED"]);
    it.api.worker.onRing(() => Promise.reject(new RangeError("broken")));
    const { id: next } = await it.arm();
    await it.api.worker.ringDue();
    const error = { name: "RangeError", message: "broken" };
    expect(await it.client.runs.retrieve(next)).toMatchObject({ status: "FAILED", isFailed: true, error });
  });

  test("a lost machine: after five minutes production runs it again, and the first result counts no more", async () => {
    const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    await using it = await setUp({ onRing: ({ attempt }) => (attempt === 1 ? first.promise : second.promise) });
    const { id } = await it.arm();
    const rung = [it.api.worker.ring(id)];
    it.api.worker.lose(id);
    it.api.advance(299_000);
    expect(it.api.worker.due()).toEqual([]);
    it.api.advance(1_000);
    rung.push(it.api.worker.ring(id));
    first.resolve("first");
    await rung[0];
    expect(await it.client.runs.retrieve(id)).toMatchObject({ status: "EXECUTING", attemptCount: 2 });
    second.resolve("second");
    await rung[1];
    expect(await it.client.runs.retrieve(id)).toMatchObject({ status: "COMPLETED", output: "second" });
  });

  test("what is due comes in the order of its time", async () => {
    await using it = await setUp();
    const later = await it.arm({ delay: "2h" });
    const sooner = await it.arm({ delay: "1h", queue: "publish-post", concurrencyKey: "acct" });
    it.api.advance(3 * HOUR);
    expect(it.api.worker.due().map(({ id }) => id)).toEqual([sooner.id, later.id]);
    expect(it.api.run(sooner.id)).toMatchObject({ queue: "publish-post", concurrencyKey: "acct" });
  });
});

test("the list lags behind, and filters by state, task and tag, in pages", async () => {
  const now = new Date();
  await using it = await setUp({ now: () => now });
  const ids: string[] = [];
  for (const delay of ["1h", "2h", "3h"]) {
    ids.unshift((await it.arm({ delay, tags: [delay, "all"] })).id);
    it.api.advance(1);
  }
  const listed = async (query?: Parameters<typeof it.client.runs.list>[0]) =>
    (await it.client.runs.list(query)).data.map(({ id }) => id);
  expect(await listed()).toEqual([]);
  it.api.advance(600);
  expect(await listed({ status: "DELAYED", tag: "all" })).toEqual(ids);
  expect(await listed({ tag: "2h" })).toEqual(ids.slice(1, 2));
  await it.client.runs.cancel(ids[0] ?? "");
  expect(await listed({ status: ["CANCELED"] })).toEqual([]);
  it.api.advance(600);
  expect(await listed({ status: ["CANCELED"] })).toEqual(ids.slice(0, 1));
  const walked: string[] = [];
  for await (const run of it.client.runs.list({ limit: 2, taskIdentifier: "publish-post" })) walked.push(run.id);
  expect(walked).toEqual(ids);
});
