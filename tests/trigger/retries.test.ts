import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LEASE_SECONDS } from "../../src/db/claims.ts";
import { Person } from "../support/person.ts";
import { executeHere } from "./executor.ts";

const ALARM = { postId: "pk3v9x2m7", revision: 1, alarm: 1 };
const KEY = `v1:${"k".repeat(43)}`;
const AGAIN_MS = 15_000;

let person: Person;
let env: Record<string, string>;
beforeAll(async () => {
  person = await Person.arrive({ signedIn: false });
  env = { ...person.env, PSN_ENGINE: "trigger", PSN_ENCRYPTION_KEY: KEY, TRIGGER_SECRET_KEY: "tr_prod_standin" };
});
afterAll(() => person.leave());

/** What the platform hears of a failed attempt. */
async function failureOf(task: string, payload: unknown, changes: Record<string, string> = {}, attempt = 1) {
  const result = await executeHere(task, payload, { env: { ...env, ...changes }, attempt });
  if (result.ok) throw new Error(`${task} went well: ${result.output}`);
  const { error, retry, skippedRetrying = false } = result;
  if (error.type !== "BUILT_IN_ERROR") throw new Error(`${task}: ${JSON.stringify(error)}`);
  return { message: error.message, whole: JSON.stringify(error), delay: retry?.delay, aborted: skippedRetrying };
}

/** Renames a column for as long as `work` lasts: a failure that nobody foresaw. */
async function withoutColumn<T>(table: string, column: string, work: () => Promise<T>): Promise<T> {
  const { sql } = person.database;
  await sql.unsafe(`alter table ${table} rename column ${column} to gone`);
  try {
    return await work();
  } finally {
    await sql.unsafe(`alter table ${table} rename column gone to ${column}`);
  }
}

test("what nobody foresaw is tried again when the lease of the failed attempt is over, and told without a statement", async () => {
  const failure = await withoutColumn("posts", "lease_until", () => failureOf("publish-post", ALARM));
  expect(failure).toMatchObject({ message: "unexpected: DrizzleQueryError 42703", delay: AGAIN_MS, aborted: false });
  expect(AGAIN_MS).toBeGreaterThan(LEASE_SECONDS * 1_000);
  expect(failure.whole).toContain("drizzle-orm");
  expect(failure.whole).not.toContain(ALARM.postId);
  expect(failure.whole).not.toMatch(/update|select/i);
});

test("the last attempt asks for no other", async () => {
  const [fourth, fifth] = await withoutColumn("posts", "lease_until", async () => [
    await failureOf("publish-post", ALARM, {}, 4),
    await failureOf("publish-post", ALARM, {}, 5),
  ]);
  expect([fourth.delay, fifth.delay]).toEqual([AGAIN_MS, undefined]);
});

test("a database that is away is waited for", async () => {
  const url = new URL(person.database.url);
  url.port = "1";
  for (const task of ["publish-post", "watchdog", "token-refresher"]) {
    const failure = await failureOf(task, ALARM, { DATABASE_URL: url.href });
    expect(failure).toMatchObject({ aborted: false, delay: expect.any(Number) });
    expect(failure.message).toStartWith("The database does not answer (ECONNREFUSED).");
    expect(failure.whole).not.toContain(url.href);
  }
});

test("a database that is not there is told by psn's own sentence, and looked for again", async () => {
  const failure = await failureOf("watchdog", {}, { DATABASE_URL: `${person.database.url}_gone` });
  expect(failure).toMatchObject({ aborted: false, delay: expect.any(Number) });
  expect(failure.message).toStartWith(
    "The database named in DATABASE_URL does not exist. (database_unreachable) Next: ",
  );
});

describe("what only a person can mend ends the run at once", () => {
  test("no encryption key: none is made", async () => {
    const known = () => person.database.sql`select * from vault_keys`;
    const before = [...(await known())];
    const failure = await failureOf("publish-post", ALARM, { PSN_ENCRYPTION_KEY: "" });
    expect(failure).toMatchObject({ aborted: true, delay: undefined });
    expect(failure.message).toBe(
      "The deployed worker has no PSN_ENCRYPTION_KEY; it never makes one. (key_missing) Next: psn setup deploy",
    );
    expect([...(await known())]).toEqual(before);
  });

  test("another key than the database was used with", async () => {
    await person.beSignedIn();
    const failure = await failureOf("publish-post", ALARM);
    expect(failure.aborted).toBe(true);
    expect(failure.message).toContain("is another key than the one this database was used with. (key_missing)");
    expect(failure.whole).not.toContain(KEY.slice(3));
  });

  test("no database that can be reached from there", async () => {
    const failure = await failureOf("watchdog", {}, { DATABASE_URL: "" });
    expect(failure.aborted).toBe(true);
    expect(failure.message).toContain("(not_set_up) Next: psn setup database");
  });

  test("tables of another psn", async () => {
    const { sql } = person.database;
    const [newest = { id: 0, at: "0" }] = await sql<{ id: number; at: string }[]>`
      select id, created_at as at from drizzle.__drizzle_migrations order by created_at desc limit 1`;
    const asOf = (at: string) =>
      sql`update drizzle.__drizzle_migrations set created_at = ${at} where id = ${newest.id}`;
    await asOf("1");
    const behind = await failureOf("token-refresher", {});
    await asOf("9999999999999");
    const newer = await failureOf("token-refresher", {});
    await asOf(newest.at);
    expect([behind.aborted, newer.aborted]).toEqual([true, true]);
    expect(behind.message).toContain("(database_not_migrated) Next: psn setup database");
    expect(newer.message).toContain("(database_newer) Next: ");
  });

  test("a payload that is no alarm", async () => {
    const result = await executeHere("publish-post", { postId: "pk3v9x2m7" }, { env });
    expect(result).toMatchObject({ ok: false, error: { code: "TASK_INPUT_ERROR" } });
    expect(result.ok ? "" : result.retry).toBeUndefined();
  });
});
