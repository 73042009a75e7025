import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TransactionSql } from "postgres";
import { Secret } from "../../src/core/secret.ts";
import { parseKeyring } from "../../src/vault/keyring.ts";
import { showKey } from "../../src/vault/keys.ts";
import { decryptable } from "../../src/vault/tokens.ts";
import { Person } from "../support/person.ts";
import { pressOf } from "../support/press.ts";
import { killedAt } from "./midway.ts";

let person: Person;
beforeEach(async () => {
  person = await Person.arrive({ manyInOne: true });
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

  const early = await person.run("setup rotate-key --no-wait --json");

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

test("killed at any point, every sign-in opens with the keys that are here, and the next run goes on with the same key", async () => {
  for (let n = 1; n < 4; n++) {
    await person.control.run("putAccount", { handle: `more${n}` });
    await person.beSignedIn(`more${n}`);
  }
  const { session } = await pressOf(person);
  const { orm } = session.database;
  const readable = async () => {
    const [, text = ""] = /^PSN_ENCRYPTION_KEY=(.*)$/m.exec(readFileSync(secretsFile(), "utf8")) ?? [];
    expect(await decryptable(orm, parseKeyring(new Secret(text)))).toEqual({ opened: 4, closed: [] });
    return { keys: text.split(",").length, rows: (await keyVersions()).join("") };
  };
  const kill = (lock: (tx: TransactionSql) => Promise<unknown>) => killedAt(person, ["setup", "rotate-key"], lock);

  // The key is in the file, and the database does not know it.
  await kill((tx) => tx`lock table vault_keys in exclusive mode`);
  expect(await readable()).toEqual({ keys: 2, rows: "1111" });
  // It is known, and does not encrypt.
  await kill((tx) => tx`lock table key_holders in access exclusive mode`);
  expect(await readable()).toEqual({ keys: 2, rows: "1111" });
  // It encrypts, and so many rows are done.
  for (const [passed, rows] of [
    [0, "1111"],
    [1, "1112"],
    [1, "1122"],
  ] as const) {
    await kill(
      (tx) => tx`
        select from oauth_tokens where account_id =
          (select account_id from oauth_tokens where access_token like 'psn1.1.%' order by ctid offset ${passed} limit 1)
        for update`,
    );
    expect(await readable()).toEqual({ keys: 2, rows });
  }

  expect(await person.ok("setup rotate-key")).toMatchObject({ version: 2, reencrypted: 2 });
  expect(await readable()).toEqual({ keys: 2, rows: "2222" });
  // Each of them is still good at X.
  await person.database.sql`update oauth_tokens set expires_at = now()`;
  const { parts, session: after } = await pressOf(person);
  for (const { id } of await person.database.sql<{ id: string }[]>`select id from accounts`) {
    expect(await parts.tokens.access(id)).toMatchObject({ ok: true });
  }
  await after.close();
  await session.close();
});

test("whoever has only the old key is told, and a key of the environment is not touched", async () => {
  const old = readFileSync(secretsFile(), "utf8");
  await person.ok("setup rotate-key");
  const both = readFileSync(secretsFile(), "utf8");
  writeFileSync(secretsFile(), old, { mode: 0o600 });
  const ran = await person.run("setup rotate-key --json");
  expect([ran.exit, ran.json.error.code]).toEqual([3, "key_missing"]);
  expect(ran.json.error.message).toContain("v2");
  writeFileSync(secretsFile(), both, { mode: 0o600 });

  const key = /^PSN_ENCRYPTION_KEY=(.*)$/m.exec(both)?.[1] ?? "";
  person.env["PSN_ENCRYPTION_KEY"] = key;
  const inEnvironment = await person.run("setup rotate-key --json");
  expect(inEnvironment.json.error.code).toBe("input_needed");
  expect(inEnvironment.stdout).not.toContain(key);
});

test("a worker at Trigger.dev that showed its key minutes ago is not passed over, and gets the new one by a deploy", async () => {
  const { sql } = person.database;
  await person.ok("status");
  const { version } = await person.ok("setup rotate-key");
  const shows = (newest: number) => sql`
    insert into key_holders (name, newest, seen_at) values ('worker at Trigger.dev (prod)', ${newest}, now() - interval '4 minutes')
    on conflict (name) do update set newest = excluded.newest`;
  await shows(version);
  const refused = await person.run("setup rotate-key --json");
  expect(refused).toMatchObject({
    exit: 3,
    json: { error: { code: "key_unproven", next: "psn setup deploy, then: psn setup rotate-key" } },
  });

  await shows(version + 1);
  expect((await person.ok("setup rotate-key")).version).toBe(version + 1);
});
