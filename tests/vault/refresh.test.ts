import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Person } from "../support/person.ts";
import { pressOf } from "../support/press.ts";

const INVALID = "X says that its refresh token is no longer valid";
const REFRESHER = fileURLToPath(new URL("../support/refresher.ts", import.meta.url));

let person: Person;
beforeEach(async () => {
  person = await Person.arrive({ manyInOne: true });
});
afterEach(() => person.leave());

const expire = () => person.database.sql`update oauth_tokens set expires_at = now() - interval '1 minute'`;
const refreshes = async () => (await person.control.state()).calls["POST /2/oauth2/token"] ?? 0;

test("eight processes want a token at once: one call to X, one winner, eight the same version", async () => {
  await expire();
  const before = await refreshes();

  const children = Array.from({ length: 8 }, () =>
    Bun.spawn([process.execPath, REFRESHER], { env: person.env, stdout: "pipe", stderr: "inherit" }),
  );
  const versions = await Promise.all(children.map((child) => new Response(child.stdout).text()));

  expect(versions.map((line) => line.trim())).toEqual(Array.from({ length: 8 }, () => "2"));
  expect((await refreshes()) - before).toBe(1);
  expect((await person.publish("Still signed in.")).exit).toBe(0);
});

test("an access token that X refuses is renewed once, and the post goes out", async () => {
  await person.control.run("expireAccessTokens", {});
  const before = await refreshes();

  const ran = await person.publish("After the night.");

  expect(ran.exit).toBe(0);
  expect((await refreshes()) - before).toBe(1);
});

test("a sign-in that X ended holds the post, why is told by the next command, and a new one lets the post go on", async () => {
  await person.control.run("revokeGrants", {});
  await expire();

  const held = await person.publish("Waiting for you.");

  expect(held.exit).toBe(4);
  expect(held.json.data).toMatchObject({ status: "scheduled", subStatus: "needs_reauth" });
  const status = await person.ok("status");
  expect(status.ready).toBe(false);
  const next = "psn setup x-auth start";
  expect(status.attention).toEqual([
    { code: "needs_reauth", message: `The sign-in of @handle has ended: ${INVALID}. Its posts wait.`, next },
    { code: "needs_reauth", message: `Waits for a new sign-in of @handle: ${INVALID}.`, next, post: held.json.data.id },
  ]);
  expect(held.json.data.failure?.message).toContain(INVALID);
  const { steps } = await person.ok("setup status");
  const detail = `@handle: it has ended: ${INVALID}`;
  expect(steps).toContainEqual({ step: "sign_in", state: "broken", detail, next });
  await person.signIn();
  await person.until(held.json.data.id, ({ status: now }) => now === "published");
  expect((await person.ok("status")).attention).toEqual([]);
});

test("a refresh that X does not answer for a moment is neither lost nor spent twice", async () => {
  await expire();
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/oauth2/token" },
    times: 1,
    action: { kind: "answer", status: 503, body: "" },
  });
  const { parts, session } = await pressOf(person);
  const [account] = await person.database.sql<{ id: string }[]>`select id from accounts`;
  expect(await parts.tokens.access(account?.id ?? "")).toMatchObject({ ok: false, why: "later" });
  await person.database.sql`update oauth_tokens set refresh_lease = null, refresh_lease_until = null`;

  expect(await parts.tokens.access(account?.id ?? "")).toMatchObject({ ok: true, version: 2 });
  await session.close();
});

test("the app's wrong secret is told as such, the sign-in stays alive, and the right one lets the posts go on", async () => {
  await expire();
  const { X_CLIENT_SECRET: right = "" } = person.env;
  delete person.env["X_CLIENT_SECRET"];
  const file = join(person.home, ".config", "psn", "secrets.env");
  appendFileSync(file, "\nX_CLIENT_SECRET=another-secret\n");
  const ran = await person.publish("Wrong secret.");

  expect(ran.json.data).toMatchObject({ subStatus: "needs_reauth", failure: { code: "x_app_refused" } });
  expect([...(await person.database.sql`select dead_code from oauth_tokens`)]).toEqual([{ dead_code: null }]);
  const codes = (await person.ok("status")).attention.map(({ code }) => code);
  expect(codes).toEqual(["refresh_failed", "x_app_refused", "needs_reauth"]);

  const given = await person.ok("setup x-app --client-id sandbox-client --stdin", { stdin: right });
  expect(given).toMatchObject({ accepted: true, resumed: 1 });
  expect([...(await person.database.sql`select hold_code from accounts`)]).toEqual([{ hold_code: null }]);
  await person.until(ran.json.data.id, ({ status }) => status === "published");
});

test("whoever signs in last owns the posts that are written next; earlier posts keep their account", async () => {
  const before = await person.draft("By the first.");
  await person.control.run("putAccount", { handle: "second", name: "Second" });
  const { url } = await person.ok("setup x-auth start");
  const redirect = await person.control.decide(url, "approve", "second");

  const signedIn = await person.ok("setup x-auth finish --stdin", { stdin: redirect });

  expect(signedIn).toMatchObject({ account: "@second", former: "@handle" });
  expect((await person.draft("By the second.")).account).toBe("@second");
  expect((await person.ok(["show", before.id])).account).toBe("@handle");
});

test("an X that wants the app named in the body too gets it so: sign-in, renewal and post", async () => {
  await person.control.run("configure", { clientIdInBody: "required" });

  await person.signIn();
  await expire();
  const ran = await person.publish("Named twice.");

  expect(ran.exit).toBe(0);
});
