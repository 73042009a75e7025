import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { until } from "../../bench/support/stage.ts";
import { X_ERRORS } from "../../src/sandbox/catalogue.ts";
import { answering, controlSandbox, type SandboxControl } from "../../src/sandbox/control.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { png } from "../core/media/pictures.ts";
import { type Line, wordsOf } from "../support/line.ts";
import { Person } from "../support/person.ts";
import type { RanOf } from "../support/run-psn.ts";
import { everythingStored, filesBelow, leaksIn, type Place, ProcessWatch } from "./leaks.ts";
import { ask, atOnce, say } from "./outside.ts";

const CLIENT_SECRET = "planted-client-secret-3xV";
const WRONG_SECRET = "planted-wrong-secret-Kq81z";
const OTHER_PASSWORD = "planted-other-password-7Lw";
const LINUX = process.platform === "linux";
const TOKEN = { method: "POST", path: "/2/oauth2/token" };

/** Values that a person must never meet again, by name: planted, or issued on the way. */
const secrets = new Map<string, string>([
  ["the client secret", CLIENT_SECRET],
  ["the wrong client secret", WRONG_SECRET],
  ["the other database's password", OTHER_PASSWORD],
]);
/** Everything that psn printed. */
const said: Place[] = [];

let sandbox: Sandbox;
let control: SandboxControl;
let person: Person;
let watch: ProcessWatch | undefined;

/** All secrets lie in the person's file, and none in the environment. */
beforeAll(async () => {
  let issued = 0;
  sandbox = await startSandbox({
    clientSecret: CLIENT_SECRET,
    onExchange: ({ path, body }, answer) => {
      if (!path.endsWith("/oauth2/token")) return;
      const verifier = new URLSearchParams(Buffer.from(body).toString()).get("code_verifier");
      if (verifier !== null) secrets.set(`code verifier ${++issued}`, verifier);
      const tokens = answer?.body.matchAll(/"(access|refresh)_token":"([^"]+)"/g) ?? [];
      for (const [, kind, value = ""] of tokens) secrets.set(`${kind} token ${++issued}`, value);
    },
  });
  control = controlSandbox(sandbox.url);
  person = await Person.arrive({ signedIn: false });
  const url = new URL(person.database.url);
  // The test server's own password is a random one; a server that asks for none takes any.
  if (url.password === "") url.password = "planted-database-password-9qT";
  secrets.set("the database password", url.password);
  const { env } = person;
  delete env["DATABASE_URL"];
  delete env["X_CLIENT_ID"];
  delete env["X_CLIENT_SECRET"];
  Object.assign(env, { X_API_URL: sandbox.apiUrl, X_AUTHORIZE_URL: sandbox.authorizeUrl });
  mkdirSync(join(person.home, ".config", "psn"), { recursive: true, mode: 0o700 });
  writeFileSync(secretsFile(), `DATABASE_URL=${url.href}\n`, { mode: 0o600 });
  if (LINUX) watch = new ProcessWatch(`PSN_STATE_DIR=${env["PSN_STATE_DIR"]}`);
  else console.log("what ps shows is looked at on Linux only");
});
afterAll(async () => {
  watch?.stop();
  await person.leave();
  await sandbox.stop();
});

const secretsFile = () => join(person.home, ".config", "psn", "secrets.env");
const keptSecrets = () => readFileSync(secretsFile(), "utf8");
/** Puts a line in the place of the one that sets the same, as an editor does; gives what undoes it. */
function editSecrets(name: string, line: string): () => void {
  const before = keptSecrets();
  const kept = before.split("\n").filter((other) => !other.startsWith(`${name}=`));
  writeFileSync(secretsFile(), [line, ...kept].join("\n"), { mode: 0o600 });
  return () => writeFileSync(secretsFile(), before, { mode: 0o600 });
}

async function run<const L extends Line>(line: L, stdin?: string): Promise<RanOf<L>> {
  const ran = await ask(person, line, stdin === undefined ? {} : { stdin });
  said.push({ name: `what psn ${wordsOf(line).join(" ")} prints`, text: `${ran.stdout}${ran.stderr}` });
  return ran;
}

/** The exit code, and the error's code. */
async function outcome(line: Line, stdin?: string): Promise<string> {
  const { exit, json } = await run(line, stdin);
  return json.ok ? `${exit}` : `${exit} ${json.error.code}`;
}

/** As a browser: the address that the page sends it to, with the code in it. */
async function authorise(): Promise<string> {
  const { json } = await run("setup x-auth start");
  const redirect = await control.decide(json.data.url);
  secrets.set(`code ${secrets.size}`, new URL(redirect).searchParams.get("code") ?? "");
  return redirect;
}

async function publish(text: string, ...options: string[]): Promise<string> {
  const { json } = await run(["draft", "--stdin", ...options], text);
  return outcome(["publish", json.data.id, "--expect", json.data.seal, "--wait"]);
}

/** Searches everything that psn has printed, stored and passed on by now. */
async function expectNoLeaks(): Promise<void> {
  for (const [, key = ""] of keptSecrets().matchAll(/v\d+:([\w-]{43})/g)) {
    secrets.set(`encryption key ${key.slice(0, 2)}`, key);
  }
  for (const [name, value] of secrets) expect(value.length, name).toBeGreaterThan(15);
  const files = filesBelow(person.home).filter(({ name }) => name !== ".config/psn/secrets.env");
  const rows = await everythingStored(person.database.sql);
  const processes = (watch?.seen ?? []).flatMap(({ argv, environment }) => [
    { name: `the arguments of ${argv}`, text: argv },
    { name: `the environment of ${argv}`, text: environment },
  ]);
  expect(leaksIn([...said, ...files, ...rows, ...processes], secrets)).toEqual([]);
  // What the person wrote is in the database and in no log.
  expect(rows.some(({ text }) => text.includes("Hello again."))).toBe(true);
  expect(files.filter(({ name, text }) => !name.endsWith("unpacked") && text.includes("Hello again"))).toEqual([]);
  for (const { name } of files.filter(({ name }) => name.endsWith(".log") || name.endsWith(".gz")))
    expect(statSync(join(person.home, name)).mode & 0o077, name).toBe(0);
}

const APP = ["setup", "x-app", "--client-id", "sandbox-client", "--stdin"];
const FINISH = "setup x-auth finish --stdin";

test("the app and the sign-in, with every wrong input, leave no secret anywhere", async () => {
  expect(await outcome(APP, WRONG_SECRET)).toBe("3 x_app_refused");
  expect(await outcome(APP, "")).toBe("3 input_needed");
  expect(await outcome(APP, WRONG_SECRET.repeat(200))).toBe("5 text_too_large");
  expect(await outcome("setup x-app --stdin", WRONG_SECRET)).toBe("2 usage");
  await control.run("addFault", { match: TOKEN, action: { kind: "answer", status: 503, body: "" } });
  expect(await outcome(APP, `${WRONG_SECRET} ${CLIENT_SECRET}`)).toBe("3 config_invalid");
  expect(keptSecrets()).not.toContain("X_CLIENT_SECRET");
  expect(await outcome(APP, CLIENT_SECRET)).toBe("0");
  expect(keptSecrets()).toContain(`X_CLIENT_SECRET=${CLIENT_SECRET}`);
  expect(await outcome("setup x-app")).toBe("0");

  const redirect = await authorise();
  const code = new URL(redirect).searchParams.get("code") ?? "";
  const pastes = [
    redirect.replace(/state=[^&]+/, "state=other"),
    redirect.replace("code=", "error=access_denied&coda="),
    `${code} ${code}`,
    redirect.replace("127.0.0.1", "evil.example"),
    `${redirect}&code=${code}`,
  ];
  for (const exit of await atOnce(pastes, async (paste) => (await run(FINISH, paste)).exit)) expect(exit).toBe(4);
  // The database fails while the sign-in is stored, when the code is spent.
  const { sql } = person.database;
  await sql`alter table oauth_tokens rename column refresh_token to gone`;
  expect(await outcome(FINISH, redirect)).toBe("1 unexpected");
  await sql`alter table oauth_tokens rename column gone to refresh_token`;
  expect(person.unexpected()).toContain("refresh_token");
  expect(await outcome(FINISH, redirect)).toMatch(/^4 (code_expired|paste_invalid)$/);
  expect(await outcome(FINISH, await authorise())).toBe("0");
});

test("posts that go out, are refused, and meet a wrong app secret leave no secret anywhere", async () => {
  await Bun.write(join(person.home, "chart.png"), png(4, 4));
  expect(await publish("Hello.", "--image", "chart.png=A chart")).toBe("0");
  // X refuses the token, and a new pair is fetched.
  await control.run("expireAccessTokens", {});
  expect(await publish("Hello again.")).toBe("0");
  await control.run("addFault", { match: { method: "POST", path: "/2/tweets" }, action: answering(X_ERRORS.bad_url) });
  expect(await publish("It is refused.")).toBe("8 publish_failed");
  editSecrets("X_CLIENT_SECRET", `X_CLIENT_SECRET=${WRONG_SECRET}`);
  await person.database.sql`update oauth_tokens set expires_at = now()`;
  expect(await publish("The app is refused.")).toBe("3 x_app_refused");
  expect(await outcome("setup doctor")).toBe("3 not_set_up");
  expect(await outcome(APP, CLIENT_SECRET)).toBe("0");
  // A new sign-in lets the account's posts go on at once.
  expect(await outcome(FINISH, await authorise())).toBe("0");
  const waiting = () => person.database.sql`select from posts where status in ('scheduled', 'publishing')`;
  await until("the post that waited is out", async () => (await waiting()).length === 0);

  const { json } = await run("status");
  await atOnce(json.data.attention, ({ post }) => run(post === undefined ? "setup status" : ["show", post]));
  await expectNoLeaks();
  const names = filesBelow(person.home).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["state/worker.log", "state/errors.log"]));
});

test("doctor, rotate-key, backup and revoke, right and wrong, leave no secret anywhere", async () => {
  expect(await outcome("setup doctor")).toBe("0");
  const lines = ["setup doctor", "setup rotate-key", "setup backup none.gz", "setup revoke"];
  for (const [name, wrong, code] of [
    ["DATABASE_URL", `postgres://psn:${OTHER_PASSWORD}@127.0.0.1:1/none`, "database_unreachable"],
    ["DATABASE_URL", `postgres://psn:${OTHER_PASSWORD}@[127.0.0.1/none`, "config_invalid"],
    ["PSN_ENCRYPTION_KEY", `v1:${WRONG_SECRET}`, "config_invalid"],
  ] as const) {
    const undo = editSecrets(name, `${name}=${wrong}`);
    const ends = await atOnce(lines, (line) => outcome(line));
    undo();
    expect(ends, wrong).toEqual(["3 not_set_up", `3 ${code}`, `3 ${code}`, `3 ${code}`]);
  }

  expect(await outcome("setup rotate-key")).toBe("0");
  expect(keptSecrets()).toMatch(/^PSN_ENCRYPTION_KEY=v1:[\w-]{43},v2:[\w-]{43}$/m);
  expect(await publish("With the new key.")).toBe("0");
  await run("worker stop");

  const backup = join(person.home, "posts.backup.gz");
  expect(await outcome(["setup", "backup", backup])).toBe("0");
  expect(await outcome(["setup", "backup", backup])).toBe("5 file_unreadable");
  expect(await outcome(["setup", "backup", join(person.home, "no", "folder.gz")])).not.toBe("0");
  const unpacked = gunzipSync(readFileSync(backup)).toString();
  expect(unpacked).toContain("Hello again.");
  // Not even what the key would open.
  expect(unpacked).not.toMatch(/oauth_tokens|pending_sign_ins|vault_keys|psn1\./);
  expect(await outcome(["setup", "restore", backup])).toBe("7 wrong_state");
  expect(await outcome(["setup", "restore", secretsFile()])).toBe("5 file_unreadable");

  expect(await outcome("setup revoke --account @nobody")).toBe("4 sign_in_needed");
  await control.run("addFault", {
    match: { method: "POST", path: "/2/oauth2/revoke" },
    action: { kind: "answer", status: 503, body: "" },
  });
  expect(await outcome("setup revoke")).toBe("1 x_unreachable");
  expect(await outcome("setup revoke")).toBe("0");
  expect(await outcome("setup revoke")).toBe("4 sign_in_needed");
  expect(await publish("The sign-in is over.")).toBe("4 sign_in_needed");
  expect(await outcome(FINISH, await authorise())).toBe("0");
  expect(await outcome("setup revoke --only-here")).toBe("0");
  expect([...(await person.database.sql`select from oauth_tokens`)]).toEqual([]);
  for (const line of ["status", "setup status", "worker status", "setup database"]) await run(line);
  await run("worker stop");

  await expectNoLeaks();
  expect(secrets.size).toBeGreaterThanOrEqual(15);
  for (const word of LINUX ? ["x-app", "x-auth", "doctor", "rotate-key", "backup", "revoke", "worker.ts run"] : [])
    expect(
      watch?.seen.some(({ argv }) => argv.includes(word)),
      word,
    ).toBe(true);
});

test("what is typed in the wrong place is not repeated by the error that says so", async () => {
  const secret = "planted-in-an-argument-Zt4";
  const redirect = `http://127.0.0.1:8787/callback?state=${secret}&code=${secret}`;
  const lines = [
    ["setup", "x-auth", secret],
    ["setup", "x-auth", "finish", redirect],
    ["setup", "x-auth", "finish", `--stdin=${secret}`],
    ["setup", "x-app", `--client-secret=${secret}`],
    ["setup", "x-app", "--client-id", "id", secret],
    ["setup", "engine", secret],
    ["setup", redirect],
    ["setup", "x-auth", "finish", `-${secret}`],
  ];
  // A person of her own: what is given as an argument is what ps shows.
  const other = { env: { ...person.env, PSN_STATE_DIR: join(person.home, "other") }, home: person.home };
  const asked = await atOnce(lines, (line) => ask(other, line));
  const told = await atOnce(lines.slice(0, 2), (line) => say(other, line));
  for (const [index, { exit, stdout, stderr }] of [...asked, ...told].entries()) {
    expect([exit, `${stdout}${stderr}`.includes(secret)], `${index}: ${stdout}${stderr}`).toEqual([2, false]);
  }
});
