import { afterEach, beforeEach, expect, test } from "bun:test";
import { Person } from "../support/person.ts";

let person: Person;
beforeEach(async () => {
  person = await Person.arrive();
});
afterEach(() => person.leave());

test("the worker renews an idle sign-in by itself, and a key is rotated while it runs", async () => {
  await person.database.sql`update oauth_tokens set refreshed_at = now() - interval '3 days'`;

  expect((await person.publish("This starts a worker.")).exit).toBe(0);

  await person.control.until(({ tokens }) => tokens.refreshes === 1, 20_000);
  const rotated = await person.ok("setup rotate-key");
  expect(rotated.version).toBe(2);
  const [holder] = await person.database.sql<{ newest: number }[]>`select newest from key_holders`;
  expect(holder?.newest).toBe(2);
  expect((await person.publish("The same worker goes on.")).exit).toBe(0);
  await person.ok("worker stop");
  expect(await person.database.sql`select 1 from key_holders`).toHaveLength(0);
}, 90_000);
