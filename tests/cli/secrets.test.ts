import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { X_ERRORS } from "../../src/sandbox/catalogue.ts";
import { answering, controlSandbox, type SandboxControl } from "../../src/sandbox/control.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { png } from "../core/media/pictures.ts";
import { Person } from "../support/person.ts";
import { say } from "./outside.ts";

/** Values that a person must never meet again, planted or issued on the way. */
const secrets = new Map<string, string>([
  ["the client secret", "planted-client-secret-3xV"],
  ["the database password", "planted-database-password-9qT"],
  ["the encryption key", randomBytes(32).toString("base64url")],
]);
const planted = (name: string) => secrets.get(name) ?? "";

let sandbox: Sandbox;
let control: SandboxControl;
let person: Person;
/** Everything that psn printed. */
const said: string[] = [];

beforeAll(async () => {
  let issued = 0;
  sandbox = await startSandbox({
    clientSecret: planted("the client secret"),
    onExchange: ({ path }, answer) => {
      if (!path.endsWith("/oauth2/token") || answer === null) return;
      const tokens = answer.body.matchAll(/"(access|refresh)_token":"([^"]+)"/g);
      for (const [, kind, value = ""] of tokens) secrets.set(`${kind} token ${++issued}`, value);
    },
  });
  control = controlSandbox(sandbox.url);
  person = await Person.arrive({ signedIn: false });
  const database = new URL(person.env["DATABASE_URL"] ?? "");
  // The test server's own password is a random one; a server that asks for none takes any.
  if (database.password === "") database.password = planted("the database password");
  secrets.set("the database password", database.password);
  Object.assign(person.env, {
    DATABASE_URL: database.href,
    X_CLIENT_SECRET: planted("the client secret"),
    PSN_ENCRYPTION_KEY: `v1:${planted("the encryption key")}`,
    X_API_URL: sandbox.apiUrl,
    X_AUTHORIZE_URL: sandbox.authorizeUrl,
  });
});
afterAll(async () => {
  await person.leave();
  await sandbox.stop();
});

async function run(line: string | readonly string[], stdin?: string) {
  const words = typeof line === "string" ? line.split(" ") : line;
  const ran = await say(person, [...words, "--json"], stdin === undefined ? {} : { stdin });
  said.push(ran.stdout, ran.stderr);
  return ran;
}

/** As a browser: the address that the page sends it to, with the code in it. */
async function authorise(): Promise<string> {
  const { json } = await run("setup x-auth start");
  const redirect = await control.decide(json.data.url);
  secrets.set(`code ${secrets.size}`, new URL(redirect).searchParams.get("code") ?? "");
  return redirect;
}

async function publish(text: string, ...options: string[]) {
  const { json } = await run(["draft", "--stdin", ...options], text);
  return run(["publish", json.data.id, "--expect", json.data.seal, "--wait"]);
}

test("a whole walk with its failures leaves no secret anywhere", async () => {
  const redirect = await authorise();
  // Pastes that are wrong in every way, with the code in them.
  const code = new URL(redirect).searchParams.get("code") ?? "";
  for (const paste of [
    redirect.replace(/state=[^&]+/, "state=other"),
    redirect.replace("code=", "error=access_denied&coda="),
    `${code} ${code}`,
    redirect.replace("127.0.0.1", "evil.example"),
    `${redirect}&code=${code}`,
  ]) {
    expect((await run("setup x-auth finish --stdin", paste)).exit).toBe(4);
  }
  // The database fails while the sign-in is stored.
  const { sql } = person.database;
  await sql`alter table oauth_tokens rename column refresh_token to gone`;
  expect((await run("setup x-auth finish --stdin", redirect)).exit).toBe(1);
  await sql`alter table oauth_tokens rename column gone to refresh_token`;
  expect(person.unexpected()).toContain("refresh_token");
  // The code is spent by now.
  expect((await run("setup x-auth finish --stdin", redirect)).json.error.code).toMatch(/code_expired|paste_invalid/);
  expect((await run("setup x-auth finish --stdin", await authorise())).exit).toBe(0);

  await Bun.write(join(person.home, "chart.png"), png(4, 4));
  expect((await publish("Hello.", "--image", "chart.png=A chart")).exit).toBe(0);
  // X refuses the token, and a new pair is fetched.
  await control.run("expireAccessTokens", {});
  expect((await publish("Hello again.")).exit).toBe(0);
  await control.run("addFault", { match: { method: "POST", path: "/2/tweets" }, action: answering(X_ERRORS.bad_url) });
  expect((await publish("It is refused.")).exit).toBe(8);
  // The app's secret is wrong, and then the grant is gone.
  await control.run("expireAccessTokens", {});
  await sql`update oauth_tokens set expires_at = now()`;
  person.env["X_CLIENT_SECRET"] = "another-planted-secret";
  secrets.set("another client secret", "another-planted-secret");
  await run("worker stop");
  expect((await publish("The app is refused.")).json.error.code).toBe("x_app_refused");
  person.env["X_CLIENT_SECRET"] = planted("the client secret");
  await control.run("revokeGrants", {});
  await run("worker stop");
  expect((await publish("The sign-in is over.")).json.error.code).toBe("sign_in_needed");

  for (const line of ["status", "setup status", "worker status", "commands", "setup database"]) await run(line);
  const { json } = await run("status");
  for (const { post } of json.data.attention) if (post !== undefined) await run(["show", post]);
  await say(person, "setup status").then((ran) => said.push(ran.stdout, ran.stderr));
  await run("worker stop");

  expect(secrets.size).toBeGreaterThanOrEqual(10);
  const dump = await everythingStored();
  expect(dump.some((row) => row.includes("Hello again."))).toBe(true);
  const files = filesOf(person.home);
  expect(files.map(([name]) => name)).toContain("state/worker.log");
  expect(files.map(([name]) => name)).toContain("state/errors.log");
  for (const [name, value] of secrets) {
    expect(value.length, name).toBeGreaterThan(15);
    for (const form of [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString("base64").replace(/=+$/, ""),
      Buffer.from(value).toString("hex"),
    ]) {
      expect(
        said.some((text) => text.includes(form)),
        `${name} was printed`,
      ).toBe(false);
      expect(
        dump.filter((row) => row.includes(form)),
        `${name} is in the database`,
      ).toEqual([]);
      expect(
        files.filter(([, text]) => text.includes(form)).map(([file]) => file),
        `${name} is in a file`,
      ).toEqual([]);
    }
  }
  for (const name of ["state/worker.log", "state/errors.log"])
    expect(statSync(join(person.home, name)).mode & 0o077, name).toBe(0);
  // What the person wrote is not in the logs either.
  expect(files.filter(([, text]) => text.includes("Hello again"))).toEqual([]);
}, 90_000);

/** Every row of every table, as text. */
async function everythingStored(): Promise<string[]> {
  const { sql } = person.database;
  const tables =
    await sql`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`;
  expect(tables.length).toBeGreaterThan(10);
  const rows = await Promise.all(
    tables.map(({ name }) => sql.unsafe(`select t::text || coalesce(to_jsonb(t)::text, '') as row from ${name} t`)),
  );
  return rows.flat().map(({ row }) => String(row));
}

/** What is in the files of a home, by name. */
function filesOf(home: string): [string, string][] {
  return readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(home, name)).isFile())
    .map((name) => [name, readFileSync(join(home, name), "latin1")]);
}
