import { afterEach, beforeEach, expect, test } from "bun:test";
import type { AlarmPayload } from "../../src/core/post/alarm.ts";
import { publishPost } from "../../src/publishing/run/publish.ts";
import { Deployment } from "../cli/deployment.ts";
import type { Person } from "../support/person.ts";
import { pressOf } from "../support/press.ts";
import type { TriggerApi } from "../support/trigger-api/trigger-api.ts";
import { ringingHere, ringingThere, startPsn, wantedAlarms } from "./alarms-there.ts";

let deployment: Deployment;
let person: Person;
let api: TriggerApi;
let over: boolean;
let answering: Promise<void>;
/** Most tests need no worker. */
let letWorkerIn: () => Promise<void>;
beforeEach(async () => {
  deployment = await Deployment.linked({ manyInOne: true });
  ({ person, api } = deployment);
  // As a person has it: in the file, where psn changes it.
  delete person.env["PSN_ENGINE"];
  letWorkerIn = await person.keepWorkerOut();
  api.deploy({ tasks: ["psn-health", "publish-post"], queues: ["psn-health", "publish-post"] });
  await person.ok("setup engine local");
  over = false;
  answering = answerHealth();
});
afterEach(async () => {
  over = true;
  await answering;
  await letWorkerIn();
  await deployment.end();
});

/** What is deployed there: it looks at itself when it is asked to. */
async function answerHealth(): Promise<void> {
  let health: ReturnType<Deployment["health"]> | undefined;
  api.worker.onRing(() => {
    health ??= deployment.health();
    return health;
  });
  for (; !over; await Bun.sleep(50)) await api.worker.ringDue();
}

/** Each scheduled post has one alarm that will ring, of its own revision and number, and no other is left anywhere. */
async function expectOneAlarmEach(engine: "local" | "trigger"): Promise<void> {
  const wanted = await wantedAlarms(person);
  const found = { local: await ringingHere(person), trigger: ringingThere(api) };
  expect(found).toEqual({ local: [], trigger: [], [engine]: wanted.map(({ name }) => name) });
  expect(wanted.map((alarm) => alarm.engine)).toEqual(wanted.map(() => engine));
}

async function schedule(text: string): Promise<{ id: string; seal: string }> {
  const { id, seal } = await person.draft(text);
  await person.ok(["schedule", id, "--expect", seal, "--at", "in 2 hours"]);
  return { id, seal };
}

test("armed posts move to Trigger.dev and back: one alarm each, and none is left behind", async () => {
  await schedule("One.");
  await schedule("Two.");
  await expectOneAlarmEach("local");

  expect(await person.ok("setup engine trigger")).toMatchObject({ engine: "trigger", moved: 2, publishing: 0 });
  await expectOneAlarmEach("trigger");
  await schedule("Three.");
  await expectOneAlarmEach("trigger");

  expect(await person.ok("setup engine local")).toMatchObject({ engine: "local", moved: 3 });
  await expectOneAlarmEach("local");
  expect(await person.ok("setup engine local")).toMatchObject({ moved: 0 });
});

test("the alarm that a post had before a move does nothing, and says why", async () => {
  const { id } = await schedule("Moved.");
  const [before] = await person.database.sql<AlarmPayload[]>`select id as "postId", revision, alarm from posts`;
  if (before === undefined) throw new Error("no post");
  await person.ok("setup engine trigger");
  const { parts, session } = await pressOf(person);

  expect(await publishPost(parts, before)).toMatchObject({ kind: "stale", why: expect.stringContaining("alarm") });

  await session.close();
  expect((await person.ok(["show", id])).status).toBe("scheduled");
  await expectOneAlarmEach("trigger");
});

test("a move that is killed at any call is finished by the same command", async () => {
  for (const text of ["One.", "Two.", "Three."]) await schedule(text);
  for (const [nth, when] of [
    [1, "before"],
    [1, "after"],
  ] as const) {
    api.addFault({ match: { method: "POST", path: "/api/v1/tasks/:id/trigger", nth }, action: { kind: "hold", when } });
    const child = startPsn(person, "setup", "engine", "trigger");
    while (!api.faults().some(({ holding }) => holding > 0)) await Bun.sleep(20);
    child.kill("SIGKILL");
    await child.exited;
    api.clearFaults();
  }
  await person.ok("setup engine trigger");
  await person.database.sql`update posts set updated_at = now() - interval '1 minute'`;
  await person.ok("status");

  const wanted = (await wantedAlarms(person)).map(({ name }) => name);
  expect(ringingThere(api)).toEqual(wanted);
  // What a dead command could not take back is of an older number: it rings for nothing.
  for (const left of await ringingHere(person)) expect(wanted).not.toContain(left);
});

test("an engine leaves the other's posts alone, and both go on", async () => {
  const { id } = await schedule("Mine.");
  person.env["PSN_ENGINE"] = "trigger";
  await schedule("Yours.");
  await person.database.sql`update posts set updated_at = now() - interval '1 minute'`;
  // With its time come, and for each to see: the command of one engine, and the worker of the other.
  await person.database.sql`update posts set alarm_at = now(), scheduled_at = now() where id = ${id}`;
  await person.database.sql`update pgboss.job set start_after = now() where state = 'created'`;
  await letWorkerIn();
  await person.ok("status");

  await person.until(id, ({ status }) => status === "published");

  await expectOneAlarmEach("trigger");
});

test("without a link, a production key or a database that others reach nothing is moved or stored", async () => {
  await schedule("Stays.");
  const whole = { ...person.env };
  const without = async (changes: Record<string, string | undefined>) => {
    for (const [name, value] of Object.entries({ ...whole, ...changes })) {
      if (value === undefined) delete person.env[name];
      else person.env[name] = value;
    }
    const { exit, json } = await person.psn("setup engine trigger --json");
    Object.assign(person.env, whole);
    return `${exit} ${json.error.code}`;
  };
  expect(await without({ TRIGGER_SECRET_KEY: undefined })).toBe("3 not_set_up");
  expect(await without({ TRIGGER_PROJECT_REF: undefined })).toBe("3 not_set_up");
  expect(await without({ TRIGGER_SECRET_KEY: "tr_dev_abc" })).toBe("3 config_invalid");
  expect(await without({ DATABASE_URL: undefined })).toBe("3 not_set_up");
  expect(await without({ PSN_ENGINE: "local" })).toBe("3 config_invalid");

  await expectOneAlarmEach("local");
});

test("a worker that has another key, or does not answer, is given no post", async () => {
  await schedule("Stays.");
  api.worker.onRing(async () => ({ ...(await deployment.health()), keyFingerprint: "0000000000000000" }));
  expect((await person.psn("setup engine trigger --json")).json.error.code).toBe("worker_unfit");
  await api.unplug();
  expect((await person.psn("setup engine trigger --json")).json.error.code).toBe("engine_unavailable");
  await api.plugIn();

  await expectOneAlarmEach("local");
});

test("where Trigger.dev does not answer the post is stored, that is told, and the next command arms it", async () => {
  await person.ok("setup engine trigger");
  await api.unplug();
  const { id, seal } = await person.draft("Later.");
  const ran = await person.psn(["schedule", id, "--expect", seal, "--at", "in 2 hours", "--json"]);
  expect(ran).toMatchObject({ exit: 3, json: { error: { code: "engine_unavailable", next: "psn status" } } });
  expect((await person.ok(["show", id])).status).toBe("scheduled");
  expect(ringingThere(api)).toEqual([]);

  // Nobody is kept from looking by it.
  await person.database.sql`update posts set updated_at = now() - interval '1 minute'`;
  expect((await person.psn("status --json")).exit).toBe(0);
  await api.plugIn();
  await person.ok("status");

  await expectOneAlarmEach("trigger");
});
