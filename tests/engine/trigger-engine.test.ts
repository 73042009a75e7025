import { afterEach, beforeEach, expect, test } from "bun:test";
import { PsnError } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Alarm, Engine } from "../../src/engine/port.ts";
import { openTriggerEngine } from "../../src/engine/trigger/engine.ts";
import { startTriggerApi, type TriggerApi } from "../support/trigger-api/trigger-api.ts";

const HOUR_MS = 3_600_000;
const TRIGGER = { method: "POST", path: "/api/v1/tasks/:id/trigger" };

let api: TriggerApi;
let engine: Engine;
beforeEach(async () => {
  api = await startTriggerApi();
  engine = await openTriggerEngine({ secretKey: new Secret(api.secretKey), apiUrl: api.url, now: () => api.now() });
});
afterEach(() => api.stop());

const alarmIn = (ms: number, changes: Partial<Alarm> = {}): Alarm => ({
  postId: "pk3v9x2m7",
  revision: 2,
  alarm: 1,
  accountId: "account-1",
  at: new Date(api.now().getTime() + ms),
  ...changes,
});

async function failureOf(call: Promise<unknown>): Promise<PsnError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PsnError)) throw new Error(`no PsnError: ${String(error)}`);
  return error;
}

test("an alarm is one delayed run with the alarm as its whole payload, in its account's lane, shortly before its time", async () => {
  const alarm = alarmIn(HOUR_MS);
  const id = await engine.arm(alarm);

  const run = api.run(id);
  expect(run.payload).toEqual({ postId: "pk3v9x2m7", revision: 2, alarm: 1 });
  expect(run.concurrencyKey).toBe("account-1");
  expect(run.tags).toEqual(["post:pk3v9x2m7", "account:account-1"]);
  const early = alarm.at.getTime() - (run.delayedUntil?.getTime() ?? 0);
  expect(early).toBeGreaterThanOrEqual(0);
  expect(early).toBeLessThan(5_000);
  expect(await engine.inspect(id)).toBe("waiting");
});

test("the same alarm armed again is the same run; another number, revision or post is another", async () => {
  const alarm = alarmIn(HOUR_MS);
  const id = await engine.arm(alarm);
  expect(await engine.arm(alarm)).toBe(id);
  const others = [{ alarm: 2 }, { revision: 3 }, { postId: "pk3v9x2m8" }];
  for (const change of others) await engine.arm(alarmIn(HOUR_MS, change));
  expect(api.runs()).toHaveLength(4);
});

test("an answer that is lost makes no second run", async () => {
  api.addFault({ match: TRIGGER, times: 1, action: { kind: "drop", when: "after" } });
  const id = await engine.arm(alarmIn(HOUR_MS));
  expect(api.runs().map((run) => run.id)).toEqual([id]);
});

test("the key outlives a time that is months away", async () => {
  await engine.arm(alarmIn(90 * 24 * HOUR_MS));
  api.advance(89 * 24 * HOUR_MS);
  const again = await engine.arm(alarmIn(24 * HOUR_MS));
  expect(api.runs().map((run) => run.id)).toEqual([again]);
});

test("a time that has passed is sent as one that is just ahead, never as it is", async () => {
  const id = await engine.arm(alarmIn(-HOUR_MS));
  expect(api.run(id).delayedUntil?.getTime()).toBeGreaterThan(api.now().getTime());
});

test("a run that was cancelled keeps its key: the alarm counts as not armed, and the next number makes a new run", async () => {
  const id = await engine.arm(alarmIn(HOUR_MS));
  await engine.disarm(id);
  expect(await engine.inspect(id)).toBe("ended");
  expect((await failureOf(engine.arm(alarmIn(HOUR_MS)))).code).toBe("engine_unavailable");
  expect(await engine.arm(alarmIn(HOUR_MS, { alarm: 2 }))).not.toBe(id);
});

test("a cached run for another time is not taken for what was asked", async () => {
  await engine.arm(alarmIn(HOUR_MS));
  expect((await failureOf(engine.arm(alarmIn(2 * HOUR_MS)))).code).toBe("engine_unavailable");
});

test("disarming is best effort: a run that is over or unknown is no error", async () => {
  const id = await engine.arm(alarmIn(1_000));
  api.worker.onRing(async () => "done");
  await api.live(10_000);
  await engine.disarm(id);
  await engine.disarm("run_nobodyknows");
  expect(await engine.inspect("run_nobodyknows")).toBe("lost");
});

test("a platform that asks for patience for long is not waited for", async () => {
  const impatient = await openTriggerEngine({
    secretKey: new Secret(api.secretKey),
    apiUrl: api.url,
    now: () => api.now(),
    timeoutMs: 500,
  });
  const headers = {
    "x-ratelimit-limit": "750",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": String(Date.now() + 60_000),
  };
  api.addFault({
    match: TRIGGER,
    times: "always",
    action: { kind: "answer", status: 429, body: { error: "slow down" }, headers },
  });
  expect((await failureOf(impatient.arm(alarmIn(HOUR_MS)))).message).toBe("Trigger.dev does not answer.");
});

test("a refused key, a refusal and an outage have each their sentence and their next command, and no secret", async () => {
  const stranger = await openTriggerEngine({
    secretKey: new Secret("tr_prod_wrong"),
    apiUrl: api.url,
    now: () => api.now(),
  });
  const refused = await failureOf(stranger.arm(alarmIn(HOUR_MS)));
  expect([refused.code, refused.message]).toEqual(["engine_unavailable", "Trigger.dev does not accept the key."]);

  api.addFault({ match: TRIGGER, times: "always", action: { kind: "answer", status: 500, body: { error: "boom" } } });
  expect((await failureOf(engine.arm(alarmIn(HOUR_MS)))).message).toBe("Trigger.dev does not answer.");
  api.clearFaults();

  await api.unplug();
  const away = await failureOf(engine.arm(alarmIn(HOUR_MS)));
  await api.plugIn();
  expect(away.message).toBe("Trigger.dev does not answer.");
  for (const error of [refused, away]) {
    expect(error.next).toBeTruthy();
    expect(JSON.stringify([error.message, error.details])).not.toContain("tr_prod");
  }
}, 30_000);
