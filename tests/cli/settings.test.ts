import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SETTING_NAMES, SETTINGS, type SettingName } from "../../src/config/settings.ts";
import { Person } from "../support/person.ts";
import { apart, ask, atOnce, type Given, outcomeOf, say } from "./outside.ts";

let person: Person;
let homes = 0;
beforeAll(async () => {
  person = await Person.arrive({ signedIn: false, manyInOne: true });
});
afterAll(() => person.leave());

/** Another home for the same person, with settings of its own in the two files. */
function moved(
  files: { hub?: string | Uint8Array; secrets?: string | Uint8Array },
  without: readonly SettingName[] = [],
) {
  const home = join(person.home, `home-${homes++}`);
  const env: Record<string, string> = {
    ...person.env,
    HOME: home,
    PSN_CONFIG_DIR: join(home, "config"),
    PSN_STATE_DIR: join(home, "state"),
  };
  for (const name of without) delete env[name];
  const hubFile = join(home, "config/hub.env");
  const secretsFile = join(home, ".config/psn/secrets.env");
  for (const [file, content] of [
    [hubFile, files.hub],
    [secretsFile, files.secrets],
  ] as const) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (content !== undefined) writeFileSync(file, content, { mode: 0o600 });
  }
  return { mover: { home, env, many: person.many }, hubFile, secretsFile };
}

const WRONG: Readonly<Partial<Record<SettingName, string>>> = {
  PSN_TIMEZONE: "Mars/Olympus",
  X_CLIENT_ID: "two words",
  X_CALLBACK_URL: "ftp://example.com",
  X_API_URL: "not a url",
  X_AUTHORIZE_URL: "javascript:alert(1)",
  TRIGGER_PROJECT_REF: "project",
  PSN_ENGINE: "steam",
  PSN_ENCRYPTION_KEY: "wrong-planted-key",
  X_CLIENT_SECRET: "wrong planted secret",
  TRIGGER_SECRET_KEY: "wrong-planted-trigger-key",
  DATABASE_URL: "mysql://me:wrong-planted-password@localhost/db",
  PSN_IDLE_SECONDS: "soon",
  PSN_SETTLE_SECONDS: "-1",
};

test.concurrent("a wrong setting is named with its place and what it should be, and a secret's value is not repeated", async () => {
  await atOnce(Object.entries(WRONG), async ([name, value]) => {
    const setting = SETTINGS[SETTING_NAMES.find((known) => known === name) ?? "PSN_ENGINE"];
    const { mover, hubFile, secretsFile } = moved(
      {
        hub: setting.place === "plain" ? `# mine\n${name}="${value}"\n` : "",
        secrets: setting.place === "secret" ? `${name}="${value}"\n` : "",
      },
      [name as SettingName],
    );
    const file = setting.place === "secret" ? secretsFile : hubFile;
    const { exit, json, stdout, stderr } = await ask(mover, "draft --stdin", { stdin: "Hello." });
    expect({ exit, code: json.error.code }, stdout).toEqual({ exit: 3, code: "config_invalid" });
    expect(json.error.message).toStartWith(`${file}: ${name} must be ${setting.expected}`);
    expect(json.error.next).toContain(name);
    expect(json.error.message.includes(value)).toBe(setting.place === "plain");
    expect(stderr).toBe("");
  });
  const { json } = await ask(person, "draft --stdin", { stdin: "Hello.", env: { X_CLIENT_SECRET: "planted secret" } });
  expect(json.error.message).toBe("the environment: X_CLIENT_SECRET must be the client secret of your X app.");
});

test.concurrent("with wrong settings the commands that say what is wrong still work", async () => {
  const env = { PSN_TIMEZONE: "Mars/Olympus" };
  const { json } = await ask(person, "setup status", { env });
  expect(json.data.steps).toMatchObject([
    { step: "configuration", state: "broken", detail: expect.stringContaining("PSN_TIMEZONE") },
  ]);
  const status = await ask(person, "status", { env });
  expect(status.json.data.attention).toMatchObject([{ code: "config_invalid" }]);
  for (const line of ["worker status", "commands", "draft --help"])
    expect(await outcomeOf(person, line, { env }), line).toBe("0");
});

test.concurrent("a secret in the project's file works, with a warning that keeps it to itself", async () => {
  const { mover, hubFile, secretsFile } = moved(
    { hub: `DATABASE_URL=${person.env["DATABASE_URL"]}\nPSN_TIMEZONE=Europe/Madrid\n` },
    ["DATABASE_URL"],
  );
  const { exit, json, stderr } = await say(mover, "draft --stdin --json", { stdin: "Hello." });
  expect({ exit, ok: json.ok }).toEqual({ exit: 0, ok: true });
  expect(stderr).toBe(
    `warning: DATABASE_URL lies in ${hubFile}; move it to ${secretsFile}, which nothing in the project reads.\n`,
  );
});

test.concurrent("a setting that is given twice counts where it is given first: environment, project, secrets file", async () => {
  const { mover, hubFile } = moved(
    {
      hub: "PSN_TIMEZONE=Asia/Tokyo\nX_CLIENT_ID=from-hub\n",
      secrets: "X_CLIENT_ID=from-secrets\nPSN_TIMEZONE=Asia/Kolkata\n",
    },
    ["X_CLIENT_ID"],
  );
  const step = async (name: string, env: Given["env"] = {}) => {
    const { data } = (await ask(mover, "setup status", { env })).json;
    return data.steps.find(({ step }) => step === name);
  };
  expect(await step("timezone")).toMatchObject({ detail: "Europe/Madrid", from: "environment" });
  const without = { PSN_TIMEZONE: undefined };
  expect(await step("timezone", without)).toMatchObject({ detail: "Asia/Tokyo", from: "config/hub.env" });
  expect(await step("x_app", without)).toMatchObject({ from: "config/hub.env" });
  writeFileSync(hubFile, "PSN_TIMEZONE=\n");
  expect(await step("timezone", without)).toMatchObject({ detail: "Asia/Kolkata", from: "secrets.env" });
});

test.concurrent("files from Windows, with a byte order mark, quotes, blanks and export are read", async () => {
  const { mover } = moved({ hub: "\ufeff# mine\r\nexport PSN_TIMEZONE=\"Asia/Tokyo\"  \r\nX_CLIENT_ID=' abc '\r\n" }, [
    "PSN_TIMEZONE",
    "X_CLIENT_ID",
  ]);
  const { json } = await ask(mover, "setup status");
  expect(json.data.steps).toContainEqual({
    step: "timezone",
    state: "done",
    detail: "Asia/Tokyo",
    from: "config/hub.env",
  });
  expect(json.data.steps).toContainEqual(
    expect.objectContaining({ step: "x_app", state: "done", from: "config/hub.env" }),
  );
});

test.concurrent("the time zone is stored beside what is there, in a file of the user's own, and the same twice is once", async () => {
  const { mover, hubFile } = moved({ hub: "# mine\nX_CLIENT_ID=abc\n\n" }, ["PSN_TIMEZONE"]);
  for (const zone of ["Europe/Madrid", "america/new_york", "america/new_york"]) {
    expect(await outcomeOf(mover, `setup timezone ${zone}`)).toBe("0");
  }
  expect(readFileSync(hubFile, "utf8")).toBe("# mine\nX_CLIENT_ID=abc\nPSN_TIMEZONE=America/New_York\n");
  expect(statSync(hubFile).mode & 0o777).toBe(0o600);
  const { json } = await ask(mover, "setup timezone Europe/Madrid", { env: { PSN_TIMEZONE: "Asia/Tokyo" } });
  expect(json.data).toMatchObject({ overriddenBy: "environment" });
});

test.concurrent("a settings file that can't be read is named", async () => {
  const { mover, hubFile } = moved({});
  mkdirSync(hubFile);
  const { exit, json } = await ask(mover, "draft --stdin", { stdin: "Hello." });
  expect({ exit, code: json.error.code }).toEqual({ exit: 3, code: "config_invalid" });
  expect(json.error.message).toContain(hubFile);
  rmSync(hubFile, { recursive: true });
  chmodSync(dirname(hubFile), 0o700);
});

test.concurrent("the key and the settings of one project don't come from the folder that psn is called in", async () => {
  // What Bun would read from there it reads when a process begins.
  const { home, env } = moved({}, ["DATABASE_URL"]).mover;
  const elsewhere = join(home, "elsewhere");
  mkdirSync(join(elsewhere, "rel/psn"), { recursive: true });
  writeFileSync(join(elsewhere, ".env"), "PSN_TIMEZONE=Mars/Olympus\n");
  writeFileSync(join(elsewhere, "rel/psn/secrets.env"), "DATABASE_URL=postgres://thief@127.0.0.1:1/x\n");
  const given = { env: { ...env, DATABASE_URL: person.env["DATABASE_URL"] ?? "", XDG_CONFIG_HOME: "rel" }, home };
  const { data } = (await ask(given, "setup status", { cwd: elsewhere })).json;
  expect(data.steps).toContainEqual({ step: "timezone", state: "done", detail: "Europe/Madrid", from: "environment" });
  expect(
    await outcomeOf(
      { env: { ...env, XDG_CONFIG_HOME: "rel", DATABASE_URL: "postgres://me@127.0.0.1:1/x" }, home },
      "show p00000000",
      { cwd: elsewhere },
    ),
  ).toBe("3 database_unreachable");
  expect(await Bun.file(join(home, ".config/psn/secrets.env")).text()).toContain("PSN_ENCRYPTION_KEY=v1:");
});

test.concurrent("first commands at once make one key, in a file that only the user can read", async () => {
  const newcomer = await Person.arrive({ signedIn: false, manyInOne: true });
  try {
    const outcomes = await atOnce(Array(6).fill("setup x-auth start"), (line) => outcomeOf(apart(newcomer), line), 6);
    expect(outcomes).toEqual(Array(6).fill("0"));
    const secretsFile = join(newcomer.home, ".config/psn/secrets.env");
    expect(readFileSync(secretsFile, "utf8")).toMatch(/^PSN_ENCRYPTION_KEY=v1:[\w-]{43}\n$/);
    expect(statSync(secretsFile).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(secretsFile)).mode & 0o777).toBe(0o700);

    // Nothing was encrypted with it that anybody needs: it may be lost.
    rmSync(secretsFile);
    expect(await outcomeOf(newcomer, "setup x-auth start")).toBe("0");
    await newcomer.signIn();

    // Now it would take a sign-in with it.
    rmSync(secretsFile);
    expect(await outcomeOf(newcomer, "setup x-auth start")).toBe("3 key_missing");
    expect(await Bun.file(secretsFile).exists()).toBe(false);
  } finally {
    await newcomer.leave();
  }
});
