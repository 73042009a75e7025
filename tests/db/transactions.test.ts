import { afterEach, beforeEach, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { type Database, openDatabase, type Tx } from "../../src/db/connection.ts";
import { isConnectionLost } from "../../src/db/failures.ts";
import { type FreshDatabase, freshDatabase } from "../support/database.ts";

let fresh: FreshDatabase;
let database: Database;
beforeEach(async () => {
  fresh = await freshDatabase();
  database = openDatabase({ url: fresh.url }, { max: 1 });
});
afterEach(async () => {
  await database.close();
  await fresh.drop();
});

/** As a server does that restarts. */
async function cutOff(tx: Tx, meanwhile?: () => Promise<unknown>): Promise<void> {
  const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  const working = meanwhile?.();
  await fresh.sql`select pg_terminate_backend(${row?.pid ?? 0})`;
  await working;
}

/** The first query of a new connection may still get the old one's error. */
async function poolWorks(): Promise<boolean> {
  await database.orm.execute(sql`select 1`).catch((error: unknown) => expect(isConnectionLost(error)).toBe(true));
  return (await database.orm.execute(sql`select 1`)).length === 1;
}

const next = (tx: Tx) => tx.execute(sql`insert into vault_keys (version, fingerprint) values (1, 'of nobody')`);
const STORIES: readonly (readonly [string, (tx: Tx) => Promise<unknown>])[] = [
  ["in the middle of a statement", (tx) => cutOff(tx, () => tx.execute(sql`select pg_sleep(20)`))],
  ["before its next statement", (tx) => cutOff(tx).then(() => next(tx))],
  [
    "long before its next statement",
    (tx) =>
      cutOff(tx)
        .then(() => Bun.sleep(200))
        .then(() => next(tx)),
  ],
  ["before it commits", (tx) => cutOff(tx).then(() => Bun.sleep(200))],
];

for (const [story, work] of STORIES) {
  test(`a transaction that loses its connection ${story} fails, and the pool goes on`, async () => {
    const failure: unknown = await database.orm.transaction(work).catch((error: unknown) => error);

    expect(isConnectionLost(failure)).toBe(true);
    expect(await poolWorks()).toBe(true);
    expect(await fresh.sql`select from vault_keys`).toHaveLength(0);
  });
}

test("an error of its work that only looks like a lost connection rolls the transaction back", async () => {
  const missing = Object.assign(new Error("no such file"), { code: "ENOENT" });

  const failure: unknown = await database.orm
    .transaction(async (tx) => {
      await tx.execute(sql`delete from accounts`);
      throw missing;
    })
    .catch((error: unknown) => error);

  expect(failure).toBe(missing);
  expect(await poolWorks()).toBe(true);
});
