import { afterEach, beforeEach, expect, test } from "bun:test";
import { keyringHere } from "../../src/cli/support/keyring.ts";
import { loadConfig } from "../../src/config/load.ts";
import { xOAuthFor } from "../../src/hub/x.ts";
import { renewIdle } from "../../src/vault/keepAlive.ts";
import { createTokenSource } from "../../src/vault/refresh.ts";
import { Person } from "../support/person.ts";
import { pressOf } from "../support/press.ts";

let person: Person;
beforeEach(async () => {
  person = await Person.arrive();
});
afterEach(() => person.leave());

async function parts() {
  const config = loadConfig({ env: person.env, home: person.home, cwd: person.home });
  const { session } = await pressOf(person);
  const { orm } = session.database;
  const keyring = await keyringHere(config, orm);
  const sleep = (ms: number) => Bun.sleep(ms);
  return { parts: { orm, keyring, oauth: xOAuthFor(config), now: () => new Date(), sleep }, session };
}

const idle = (hours: number) =>
  person.database.sql`update oauth_tokens set refreshed_at = now() - make_interval(hours => ${hours})`;
const refreshes = async () => (await person.control.state()).tokens.refreshes;

test("a sign-in that nothing used for 20 hours is renewed, once, by however many look after it", async () => {
  await person.control.run("putAccount", { handle: "second" });
  await person.beSignedIn("second");
  const [one, two] = await Promise.all([parts(), parts()]);
  await idle(19);
  expect(await renewIdle(one.parts)).toEqual([]);
  await idle(21);

  const renewals = (await Promise.all([renewIdle(one.parts), renewIdle(two.parts)])).flat();

  expect(renewals.map(({ username, outcome }) => `${username} ${outcome}`).sort()).toEqual([
    "handle renewed",
    "second renewed",
  ]);
  expect(await refreshes()).toBe(2);
  expect(await renewIdle(one.parts)).toEqual([]);
  await Promise.all([one.session.close(), two.session.close()]);
});

test("one that somebody is renewing is left alone", async () => {
  const { parts: own, session } = await parts();
  await idle(30);
  await person.database
    .sql`update oauth_tokens set refresh_lease = gen_random_uuid(), refresh_lease_until = now() + interval '20 seconds'`;
  expect(await renewIdle(own)).toEqual([]);
  expect(await refreshes()).toBe(0);
  await session.close();
});

test("what fails is told with its cause, and only a dead sign-in asks for the person", async () => {
  const { parts: own, session } = await parts();
  await idle(30);
  const match = { method: "POST", path: "/2/oauth2/token" };
  await person.control.run("addFault", { match, times: 1, action: { kind: "answer", status: 503, body: "" } });
  expect(await renewIdle(own)).toEqual([{ username: "handle", outcome: "later" }]);
  await person.database.sql`update oauth_tokens set refresh_lease = null, refresh_lease_until = null`;
  const status = async () => (await person.ok("status")).attention.map(({ code }) => code);

  await person.control.run("revokeGrants", {});
  expect(await renewIdle(own)).toEqual([{ username: "handle", outcome: "dead" }]);
  expect(await status()).toEqual(["needs_reauth"]);
  expect(await renewIdle(own)).toEqual([]);

  await person.beSignedIn();
  expect(await status()).toEqual([]);
  expect(
    await createTokenSource(own).access((await person.database.sql`select id from accounts`)[0]?.["id"]),
  ).toMatchObject({ ok: true });
  await session.close();
});
