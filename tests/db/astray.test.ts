import { afterAll, beforeAll, expect, test } from "bun:test";
import { readAttention } from "../../src/db/attention.ts";
import { type Database, openDatabase, type Tx } from "../../src/db/connection.ts";
import { findAstray } from "../../src/db/reconcile.ts";
import { type FreshDatabase, freshDatabase } from "../support/database.ts";

/** Years of a busy account: a plan that reads the table shows. */
const PUBLISHED = 20_000;

let fresh: FreshDatabase;
let database: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  database = openDatabase({ url: fresh.url });
  await fresh.sql`insert into accounts (x_user_id, username, name) values ('1', 'one', 'One')`;
  await fresh.sql`
    insert into posts (id, status, published_at, account_id)
    select 'p' || lpad(to_hex(n), 8, '0'), 'published', now(), a.id from generate_series(1, ${PUBLISHED}::int) n, accounts a`;
  await fresh.sql`analyze posts`;
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

/** How often a query read the whole table of posts. */
async function wholeReads(query: (tx: Tx) => Promise<unknown>): Promise<number> {
  return await database.orm.transaction(async (tx) => {
    const before = await readsSoFar(tx);
    await query(tx);
    return (await readsSoFar(tx)) - before;
  });
}

/** By this connection, since its numbers were last passed on. */
async function readsSoFar(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ reads: number }>(
    "select seq_scan::int as reads from pg_stat_xact_user_tables where relname = 'posts'",
  );
  return row?.reads ?? 0;
}

test("looking for what went astray reads nothing of what is published", async () => {
  expect(await wholeReads((tx) => tx.execute("select count(*) from posts"))).toBe(1);

  expect(await wholeReads((tx) => findAstray(tx, new Date(), "local"))).toBe(0);
});

test("psn status reads nothing of what is published", async () => {
  expect(await wholeReads((tx) => readAttention(tx))).toBe(0);
});
