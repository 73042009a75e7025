import { afterAll, beforeAll, expect, test } from "bun:test";
import { Person } from "../support/person.ts";
import { startTriggerApi, type TriggerApi } from "../support/trigger-api/trigger-api.ts";
import { ringingThere, startPsn, wantedAlarms } from "./alarms-there.ts";

const ARM = { method: "POST", path: "/api/v1/tasks/:id/trigger" } as const;
const DISARM = { method: "POST", path: "/api/v2/runs/:id/cancel" } as const;

let person: Person;
let api: TriggerApi;
beforeAll(async () => {
  api = await startTriggerApi();
  person = await Person.arrive({
    manyInOne: true,
    env: {
      PSN_ENGINE: "trigger",
      TRIGGER_API_URL: api.url,
      TRIGGER_PROJECT_REF: "proj_standin",
      TRIGGER_SECRET_KEY: api.secretKey,
    },
  });
});
afterAll(async () => {
  await person.leave();
  await api.stop();
});

type Child = ReturnType<typeof startPsn>;

/** Where a command dies, as seen from the outside: in the database, or while Trigger.dev has its request. */
const DEATHS = {
  "before its commit": async (start: () => Child, id: string) => {
    const lock = await locked(id);
    const child = start();
    await waitsForLock();
    await kill(child);
    await lock.release();
  },
  "when its request to arm has arrived": (start: () => Child) => diesIn(start, ARM, "before"),
  "when its run is made and not told": (start: () => Child) => diesIn(start, ARM, "after"),
  "when its run is told and not noted": async (start: () => Child, id: string) => {
    api.addFault({ match: ARM, action: { kind: "hold", when: "after" } });
    const child = start();
    await holding();
    const lock = await locked(id);
    api.clearFaults();
    await waitsForLock();
    await kill(child);
    await lock.release();
  },
  "when its request to disarm has arrived": (start: () => Child) => diesIn(start, DISARM, "before"),
  "when the old run is cancelled": (start: () => Child) => diesIn(start, DISARM, "after"),
} as const;

type Death = keyof typeof DEATHS;

async function diesIn(start: () => Child, match: typeof ARM | typeof DISARM, when: "before" | "after"): Promise<void> {
  api.addFault({ match, action: { kind: "hold", when } });
  const child = start();
  await holding();
  await kill(child);
  api.clearFaults();
}

async function kill(child: Child): Promise<void> {
  child.kill("SIGKILL");
  await child.exited;
}

async function holding(): Promise<void> {
  while (!api.faults().some((fault) => fault.holding > 0)) await Bun.sleep(20);
}

/** Holds a post's row as another writer would. */
async function locked(id: string): Promise<{ release(): Promise<void> }> {
  const session = await person.database.sql.reserve();
  await session`begin`;
  await session`select 1 from posts where id = ${id} for update`;
  return {
    release: async () => {
      await session`rollback`;
      session.release();
    },
  };
}

async function waitsForLock(): Promise<void> {
  const waiting = () => person.database.sql`
    select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await waiting()).length === 0) await Bun.sleep(20);
}

const SCHEDULED: readonly Death[] = [
  "before its commit",
  "when its request to arm has arrived",
  "when its run is made and not told",
  "when its run is told and not noted",
];
const AGAIN: readonly Death[] = [
  ...SCHEDULED,
  "when its request to disarm has arrived",
  "when the old run is cancelled",
];
const TAKEN_BACK: readonly Death[] = [
  "before its commit",
  "when its request to disarm has arrived",
  "when the old run is cancelled",
];
const COMMANDS = {
  schedule: { deaths: SCHEDULED, before: "draft", words: (id: string, seal: string) => at(id, seal, "in 2 hours") },
  "schedule anew": {
    deaths: AGAIN,
    before: "scheduled",
    words: (id: string, seal: string) => at(id, seal, "in 3 hours"),
  },
  edit: { deaths: TAKEN_BACK, before: "scheduled", words: (id: string) => ["remove", id, "--tweet", "2"] },
  cancel: { deaths: TAKEN_BACK, before: "scheduled", words: (id: string) => ["cancel", id] },
} as const;

const at = (id: string, seal: string, time: string) => ["schedule", id, "--expect", seal, "--at", time];

for (const [name, { deaths, before, words }] of Object.entries(COMMANDS)) {
  for (const death of deaths) {
    test(`${name} that dies ${death} leaves one right alarm for each scheduled post`, async () => {
      const { id, seal } = await person.draft("One.\n---\nTwo.");
      if (before === "scheduled") await person.ok(at(id, seal, "in 2 hours"));
      await DEATHS[death](() => startPsn(person, "post", ...words(id, seal)), id);

      // Nobody is taken for dead at once.
      await person.database.sql`update posts set updated_at = now() - interval '1 minute'`;
      await person.ok("status");

      const wanted = (await wantedAlarms(person)).map((alarm) => alarm.name);
      const ringing = ringingThere(api);
      expect(ringing.filter((alarm) => wanted.includes(alarm))).toEqual(wanted);
      const { status } = await person.ok(["show", id]);
      const changed = death !== "before its commit";
      const expected = changed ? (name.startsWith("schedule") ? "scheduled" : "draft") : before;
      expect(status).toBe(expected);
    });
  }
}
