import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Person } from "../support/person.ts";

let person: Person;
beforeEach(async () => {
  person = await Person.arrive({ manyInOne: true });
});
afterEach(() => person.leave());

async function doctor() {
  const ran = await person.run("setup doctor --json");
  const { checks } = ran.json.data;
  return {
    ran,
    checks,
    bad: checks.filter(({ state }) => state !== "ok").map(({ check, state }) => `${check} ${state}`),
  };
}
const secretsFile = () => join(person.home, ".config", "psn", "secrets.env");

test("all is well: the sign-in was renewed for real, and nothing was posted", async () => {
  const { ran, checks, bad } = await doctor();

  expect(ran.exit).toBe(0);
  // This machine has no service installed: that is worth knowing and no failure.
  expect(bad).toEqual(["after a reboot warning"]);
  expect(checks.map(({ check }) => check)).toEqual(
    expect.arrayContaining([
      "settings",
      "disk",
      "database",
      "migrations",
      "encryption key",
      "sign-in",
      "rights",
      "clock",
      "engine",
    ]),
  );
  const state = await person.control.state();
  expect(state.tokens.refreshes).toBe(1);
  expect(state.attempts).toEqual([]);
  expect(ran.stdout).not.toContain("sandbox-secret");
  const shown = await person.run("setup doctor");
  expect(shown.stdout).toContain("✓ sign-in");
});

test("each thing that is wrong is told with its fix", async () => {
  await person.control.run("configure", { dateSkewMs: -10 * 60_000 });
  chmodSync(secretsFile(), 0o644);
  mkdirSync(join(person.home, "config"), { recursive: true });
  writeFileSync(join(person.home, "config", "hub.env"), "TRIGGER_SECRET_KEY=tr_dev_planted\nPSN_ENGINE=local\n", {
    mode: 0o600,
  });

  const { ran, checks, bad } = await doctor();

  expect(ran.exit).toBe(3);
  expect(bad).toEqual(expect.arrayContaining(["settings warning", "file modes failed", "clock failed"]));
  for (const { state, next } of checks) expect(state === "ok" || (next ?? "") !== "").toBe(true);
  expect(ran.stdout).not.toContain("tr_dev_planted");
  expect(ran.json.error.next).toBe(`chmod go-rwx '${secretsFile()}'`);
});

test("a sign-in that X ended, a secret that X refuses, and X in trouble are told apart", async () => {
  const signIn = async () => (await doctor()).checks.find(({ state }) => state === "failed");
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/oauth2/token" },
    times: 1,
    action: { kind: "answer", status: 503, body: "" },
  });
  expect((await signIn())?.detail).toContain("did not renew it just now");
  await person.database.sql`update oauth_tokens set refresh_lease = null, refresh_lease_until = null`;

  person.env["X_CLIENT_SECRET"] = "another-secret";
  expect(await signIn()).toMatchObject({ check: "x app", next: "psn setup x-app" });
  person.env["X_CLIENT_SECRET"] = "sandbox-secret";

  await person.control.run("revokeGrants", {});
  expect(await signIn()).toMatchObject({
    detail: "@handle: it has ended: X says that its refresh token is no longer valid.",
    next: "psn setup x-auth start",
  });
});

test("a key that does not open the stored sign-in, and a database that is not there", async () => {
  const kept = readFileSync(secretsFile(), "utf8");
  writeFileSync(secretsFile(), "", { mode: 0o600 });
  const lost = await doctor();
  expect(lost.ran.exit).not.toBe(0);
  expect(lost.checks.find(({ state }) => state === "failed")?.next).toContain("PSN_ENCRYPTION_KEY");
  writeFileSync(secretsFile(), kept, { mode: 0o600 });
  appendFileSync(secretsFile(), "\n");

  const { DATABASE_URL = "" } = person.env;
  person.env["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/none";
  const away = await doctor();
  expect(away.checks.find(({ check }) => check === "database")?.state).toBe("failed");
  person.env["DATABASE_URL"] = DATABASE_URL;
});
