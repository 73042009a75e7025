import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keyringHere } from "../../src/cli/support/keyring.ts";
import { loadConfig } from "../../src/config/load.ts";
import { activateKey, showKey } from "../../src/vault/keys.ts";
import { decryptable } from "../../src/vault/tokens.ts";
import { Person } from "../support/person.ts";
import { pressOf } from "../support/press.ts";

let person: Person;
beforeEach(async () => {
  person = await Person.arrive();
});
afterEach(() => person.leave());

const secretsFile = () => join(person.home, ".config", "psn", "secrets.env");
const keyVersions = async () =>
  (
    await person.database.sql<{ v: string }[]>`
    select split_part(access_token, '.', 2) as v from oauth_tokens order by 1`
  ).map(({ v }) => v);

test("the new key encrypts every sign-in, the old ones stay beside it, and psn goes on", async () => {
  await person.control.run("putAccount", { handle: "second" });
  await person.beSignedIn("second");

  const rotated = await person.ok("setup rotate-key");

  expect(rotated).toMatchObject({ version: 2, reencrypted: 2 });
  expect(await keyVersions()).toEqual(["2", "2"]);
  expect(readFileSync(secretsFile(), "utf8")).toMatch(/^PSN_ENCRYPTION_KEY=v1:[\w-]{43},v2:[\w-]{43}$/m);
  expect((await person.publish("With the new key.")).exit).toBe(0);
  await person.database.sql`update oauth_tokens set expires_at = now()`;
  expect((await person.publish("Renewed with it.")).exit).toBe(0);
  expect(await keyVersions()).toEqual(["2", "2"]);
  expect((await person.ok("setup rotate-key")).version).toBe(3);
});

test("nothing is encrypted with a key that a worker elsewhere has not shown", async () => {
  const { session } = await pressOf(person);
  await showKey(session.database.orm, "worker on another machine", 1);

  const early = await person.psn("setup rotate-key --no-wait --json");

  expect([early.exit, early.json.error.code]).toEqual([3, "key_unproven"]);
  expect(early.json.error.message).toContain("another machine");
  expect(await keyVersions()).toEqual(["1"]);
  // Sign-ins that are stored meanwhile are still such as the other worker can open.
  await person.signIn();
  expect(await keyVersions()).toEqual(["1"]);

  await showKey(session.database.orm, "worker on another machine", 2);
  expect(await person.ok("setup rotate-key")).toMatchObject({ version: 2, reencrypted: 1 });
  await session.close();
});

test("broken off between any two steps it is finished by the next run, with the same key", async () => {
  for (let n = 1; n < 4; n++) {
    await person.control.run("putAccount", { handle: `more${n}` });
    await person.beSignedIn(`more${n}`);
  }
  const { session } = await pressOf(person);
  const { orm } = session.database;
  const config = () => loadConfig({ env: person.env, home: person.home, cwd: person.home });
  // Made and noted, not active.
  await showKey(orm, "slow one", 1);
  await person.psn("setup rotate-key --no-wait --json");
  await showKey(orm, "slow one", 2);
  expect((await keyringHere(config(), orm)).newest).toBe(1);
  // Active, and one of four rows encrypted anew.
  await activateKey(orm, 2);
  await person.database
    .sql`update oauth_tokens set expires_at = now() where account_id = (select id from accounts where is_default)`;
  expect((await person.publish("In between.")).exit).toBe(0);
  expect(await keyVersions()).toEqual(["1", "1", "1", "2"]);

  expect(await person.ok("setup rotate-key")).toMatchObject({ version: 2, reencrypted: 3 });
  expect(await decryptable(orm, await keyringHere(config(), orm))).toEqual({ opened: 4, closed: [] });
  await session.close();
});

test("whoever has only the old key is told, and a key of the environment is not touched", async () => {
  const old = readFileSync(secretsFile(), "utf8");
  await person.ok("setup rotate-key");
  const both = readFileSync(secretsFile(), "utf8");
  writeFileSync(secretsFile(), old, { mode: 0o600 });
  const ran = await person.psn("setup rotate-key --json");
  expect([ran.exit, ran.json.error.code]).toEqual([3, "key_missing"]);
  expect(ran.json.error.message).toContain("v2");
  writeFileSync(secretsFile(), both, { mode: 0o600 });

  const key = /^PSN_ENCRYPTION_KEY=(.*)$/m.exec(both)?.[1] ?? "";
  person.env["PSN_ENCRYPTION_KEY"] = key;
  const inEnvironment = await person.psn("setup rotate-key --json");
  expect(inEnvironment.json.error.code).toBe("input_needed");
  expect(inEnvironment.stdout).not.toContain(key);
});
