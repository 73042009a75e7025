import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { until } from "../../bench/support/stage.ts";
import { openDatabase } from "../../src/db/connection.ts";
import { runningWorker } from "../../src/db/worker.ts";
import { isAlive } from "../../src/embedded/postmaster.ts";
import { Person } from "../support/person.ts";
import { pressOf } from "../support/press.ts";
import { PROJECT } from "../support/run-psn.ts";

const people: Person[] = [];
afterAll(async () => {
  await Promise.all(people.map((person) => person.leave()));
});

/** Somebody whose next renewal X carries out and does not answer until it is let go: psn waits ten seconds for it. */
async function whoMeetsALateX(): Promise<Person> {
  const person = await Person.arrive();
  people.push(person);
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/oauth2/token" },
    action: { kind: "hold", when: "after" },
  });
  return person;
}

const xHolds = (person: Person) => person.control.until(({ faults }) => faults[0]?.holding === 1, 30_000);
const versionOf = async ({ database: { sql } }: Person): Promise<number> =>
  (await sql<{ version: number }[]>`select version from oauth_tokens`)[0]?.version ?? 0;

/** Reads until a text has come; false when the stream ended without it. */
async function heard(stream: ReadableStream<Uint8Array>, text: string): Promise<boolean> {
  let all = "";
  for await (const chunk of stream) {
    all += new TextDecoder().decode(chunk);
    if (all.includes(text)) return true;
  }
  return false;
}

test.concurrent("the doctor ends, also by Ctrl-C, only when X's late answer is stored, and the sign-in goes on", async () => {
  const person = await whoMeetsALateX();
  const doctor = Bun.spawn([process.execPath, "--no-env-file", join(PROJECT, "src/cli/setup.ts"), "doctor", "--json"], {
    env: person.env,
    cwd: person.home,
    stdio: ["ignore", "ignore", "pipe"],
  });

  expect(await heard(doctor.stderr, "psn waits: the old one may be spent")).toBe(true);
  doctor.kill("SIGINT");
  expect([doctor.exitCode, await versionOf(person)]).toEqual([null, 1]);
  await person.control.run("release", {});
  expect(await doctor.exited).toBe(130);

  expect(await versionOf(person)).toBe(2);
  const { parts, session } = await pressOf(person);
  const [account] = await person.database.sql<{ id: string }[]>`select id from accounts`;
  const access = await parts.tokens.access(account?.id ?? "");
  expect(access.ok && (await parts.x.me({ accessToken: access.token })).ok).toBe(true);
  await session.close();
  expect((await person.control.state()).tokens).toMatchObject({ refreshes: 1, reuses: 0, revokedGrants: 0 });
});

async function workerOf(url: string): Promise<number> {
  const database = openDatabase({ url }, { max: 1 });
  const worker = await runningWorker(database.orm);
  await database.close();
  if (worker === undefined) throw new Error("no worker runs");
  return worker.pid;
}

test.concurrent("a worker that is told to stop ends only when X's late answer is stored", async () => {
  const person = await whoMeetsALateX();
  const { sql, url } = person.database;
  await sql`update oauth_tokens set expires_at = now()`;
  const { id, seal } = await person.draft("Waiting for X.");
  await person.ok(["publish", id, "--expect", seal]);
  await xHolds(person);
  const pid = await workerOf(url);
  await until("psn has stopped waiting for X", async () =>
    (await sql<{ code: string }[]>`select failure->>'code' as code from posts`).some(
      ({ code }) => code === "x_unreachable",
    ),
  );

  process.kill(pid, "SIGTERM");
  await until("it has ended its other work", async () => (await sql`select from key_holders`).length === 0);
  // Time enough to end, for a worker that does not wait.
  await Bun.sleep(1_000);
  expect([isAlive(pid), await versionOf(person)]).toEqual([true, 1]);
  await person.control.run("release", {});
  await until("the worker has ended", () => !isAlive(pid));

  expect(await versionOf(person)).toBe(2);
  expect((await person.control.state()).tokens).toMatchObject({ refreshes: 1, reuses: 0, revokedGrants: 0 });
});
