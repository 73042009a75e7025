import { afterEach, beforeEach, expect, test } from "bun:test";
import { Care } from "../../src/cli/worker/care.ts";
import { loadConfig } from "../../src/config/load.ts";
import { openDatabase } from "../../src/db/connection.ts";
import { forgetHolder, showKey } from "../../src/vault/keys.ts";
import { Person } from "../support/person.ts";

let person: Person;
beforeEach(async () => {
  person = await Person.arrive();
});
afterEach(() => person.leave());

/** The version of the key that encrypted the sign-in. */
async function keyOfTheRow(): Promise<string | undefined> {
  const [row] = await person.database.sql<{ key: string }[]>`
    select split_part(access_token, '.', 2) as key from oauth_tokens`;
  return row?.key;
}

test("the worker renews an idle sign-in by itself, and one that runs takes a new key on at once", async () => {
  const { sql } = person.database;
  // Another one, elsewhere, has not shown the new key: it is here, and does not encrypt yet.
  const other = openDatabase({ url: person.database.url }, { max: 1 });
  await showKey(other.orm, "worker elsewhere", 1);
  const early = await person.psn("setup rotate-key --no-wait --json");
  expect(early.json.error.code).toBe("key_unproven");
  await sql`update oauth_tokens set refreshed_at = now() - interval '3 days'`;
  expect((await person.publish("This starts a worker, which has both keys.")).exit).toBe(0);
  await person.control.until(({ tokens }) => tokens.refreshes === 1, 20_000);
  expect(await keyOfTheRow()).toBe("1");
  await forgetHolder(other.orm, "worker elsewhere");
  await other.close();

  expect((await person.ok("setup rotate-key")).version).toBe(2);
  const holders = await sql<{ newest: number }[]>`select newest from key_holders`;
  expect([...holders]).toEqual([{ newest: 2 }]);
  await sql`update oauth_tokens set expires_at = now()`;
  expect((await person.publish("Its settings are what they were.")).exit).toBe(0);
  expect(await keyOfTheRow()).toBe("2");
  await person.ok("worker stop");
  expect(await sql`select 1 from key_holders`).toHaveLength(0);
});

test("a new key is shown at the next look, and not half a minute later", async () => {
  const config = () => loadConfig({ env: person.env, home: person.home, cwd: person.home });
  const { orm, close } = openDatabase({ url: person.database.url }, { max: 1 });
  const told = { log: () => undefined, fail: () => undefined };
  const care = new Care(orm, "worker that sweeps", told, new Set(), config);
  const holders = async () => [...(await person.database.sql`select name, newest from key_holders`)];
  await care.tick();
  expect(await holders()).toEqual([{ name: "worker that sweeps", newest: 1 }]);

  expect((await person.psn("setup rotate-key --no-wait --json")).json.error.code).toBe("key_unproven");
  await care.tick();

  expect(await holders()).toEqual([{ name: "worker that sweeps", newest: 2 }]);
  await care.end();
  await close();
});

test("a worker that was killed a moment ago is not waited for", async () => {
  const other = openDatabase({ url: person.database.url }, { max: 1 });
  await showKey(other.orm, "worker 4194305 on a-machine", 1);
  await other.close();
  expect((await person.ok("setup rotate-key --no-wait")).version).toBe(2);
});
