import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differences, type Evidence } from "../../src/cli/setup/deploy/compare.ts";
import { checkDatabasePlace } from "../../src/cli/setup/deploy/databasePlace.ts";
import { deployEnvironment } from "../../src/cli/setup/deploy/handOver.ts";
import { kindOfKey } from "../../src/cli/setup/deploy/key.ts";
import { linkOf } from "../../src/cli/setup/deploy/link.ts";
import { redactor } from "../../src/cli/setup/deploy/redact.ts";
import { runTool } from "../../src/cli/setup/deploy/runTool.ts";
import { findTools } from "../../src/cli/setup/deploy/tools.ts";
import { loadConfig } from "../../src/config/load.ts";
import { Secret } from "../../src/core/secret.ts";

const CLOUD = "https://api.trigger.dev";
const PASSWORD = "pl@nted/pass word";
const SECRETS = {
  DATABASE_URL: `postgres://me:${encodeURIComponent(PASSWORD)}@db.example/psn?sslmode=require`,
  PSN_ENCRYPTION_KEY: `v1:${"p".repeat(43)},v2:${"q".repeat(43)}`,
  X_CLIENT_SECRET: "planted-client-secret-3xV",
  TRIGGER_SECRET_KEY: "tr_prod_planted_key_4hGz",
};
const TOKEN = "tr_pat_planted_token_8uJ";

const folder = mkdtempSync(join(tmpdir(), "psn-deploy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = loadConfig({ env: { ...SECRETS, TRIGGER_PROJECT_REF: "proj_mine" }, home: folder, cwd: folder });

test("what a tool says goes into its log line by line, without colours and without any secret in any form", async () => {
  const key = SECRETS.PSN_ENCRYPTION_KEY.slice(-43);
  const forms = [...Object.values(SECRETS), PASSWORD, encodeURIComponent(PASSWORD), key, TOKEN];
  const coded = [
    ...forms.map((text) => Buffer.from(text).toString("base64").replace(/=+$/, "")),
    ...forms.map(encodeURIComponent),
  ];
  const all = [...forms, ...coded];
  // In two pieces each, as a pipe may deliver it.
  const script = `const wait = () => new Promise((r) => setTimeout(r, 5));
    for (const text of ${JSON.stringify(all)}) {
      process.stdout.write("\\u001b[31msays " + text.slice(0, 9)); await wait(); process.stdout.write(text.slice(9) + ".\\r");
    }
    process.stderr.write("the end"); process.exitCode = 4;`;
  const shown: string[] = [];
  const log = join(folder, "tool.log");
  const end = await runTool({
    program: process.execPath,
    args: ["-e", script],
    cwd: folder,
    env: { PATH: "/usr/bin:/bin" },
    log,
    redact: redactor(config, [new Secret(TOKEN)]),
    show: (line) => shown.push(line),
  });
  expect([end.exit, end.stopped]).toEqual([4, false]);
  expect(shown.toSorted()).toEqual([...all.map(() => "says [secret]."), "the end"].toSorted());
  expect(readFileSync(log, "utf8")).toBe(`${shown.join("\n")}\n`);
  expect([...end.lines]).toEqual(shown);
  expect(statSync(log).mode & 0o777).toBe(0o600);
});

test("the CLI sees what it hands on and what programs need, and nothing else of psn or the shell", () => {
  const shell = {
    PATH: "/bin",
    HTTPS_PROXY: "http://proxy",
    AWS_SECRET_ACCESS_KEY: "x",
    TRIGGER_VERSION: "1",
    TRIGGER_SECRET_KEY: "x",
    PSN_STATE_DIR: "/x",
    NODE_OPTIONS: "--inspect",
  };
  const { TRIGGER_SECRET_KEY: _, ...handed } = SECRETS;
  expect(deployEnvironment(config, linkOf(config), new Secret(TOKEN), shell)).toEqual({
    ...handed,
    PATH: "/bin",
    HTTPS_PROXY: "http://proxy",
    X_CALLBACK_URL: "http://127.0.0.1:8787/callback",
    X_API_URL: "https://api.x.com",
    PSN_ENGINE: "trigger",
    TRIGGER_PROJECT_REF: "proj_mine",
    TRIGGER_API_URL: CLOUD,
    TRIGGER_ACCESS_TOKEN: TOKEN,
  });
});

test.each([
  ["postgres://me@localhost/x", CLOUD, "failed"],
  ["postgres://me@127.0.0.1:5432/x", CLOUD, "failed"],
  ["postgres://me@[::1]/x", CLOUD, "failed"],
  ["postgres:///x?host=/var/run/postgresql", CLOUD, "failed"],
  ["postgres://me@127.0.0.1/x", "http://127.0.0.1:8030", "ok"],
  ["postgres://me@localhost/x", "http://trigger.lan:8030", "failed"],
  ["postgres://me@10.1.2.3/x", CLOUD, "warning"],
  ["postgres://me@nas/x", CLOUD, "warning"],
  ["postgres://me@172.20.0.5/x", "http://192.168.1.9", "ok"],
  ["postgres://me@db.example.com/x", CLOUD, "warning"],
  ["postgres://me@db.example.com/x?sslmode=require", CLOUD, "ok"],
  ["postgres://me@db.example.com/x?prepare=false&ssl=require", CLOUD, "ok"],
] as const)(
  "a worker of a platform elsewhere is held against where the database is: %s, %s: %s",
  (url, platform, state) => {
    expect(checkDatabasePlace(url, platform).state).toBe(state);
  },
);

test("keys are told apart by what they open", () => {
  const kinds = ["tr_prod_x", "tr_stg_x", "tr_preview_x"].map((key) => Object.values(kindOfKey(key)));
  expect(kinds).toEqual([
    ["production", "prod", "prod"],
    ["staging", "stg", "staging"],
    ["preview", "preview", "preview"],
  ]);
  for (const key of ["tr_dev_x", "tr_pat_x", "tr_oat_x", "pk_prod_x", "tr_x", "tr_prod_", "tr_constructor_x", ""]) {
    expect(() => kindOfKey(key)).toThrow();
  }
});

test("the CLI must be installed, in the version of all its parts", () => {
  const place = join(folder, "node_modules");
  const put = (name: string, version: string) => {
    mkdirSync(join(place, name), { recursive: true });
    const bin = name === "trigger.dev" ? { trigger: "./cli.js" } : undefined;
    writeFileSync(join(place, name, "package.json"), JSON.stringify({ version, bin }));
  };
  const found = (path = process.env["PATH"]) => findTools(folder, path);
  expect(found().checks[0]?.detail).toContain("is not installed");
  for (const name of ["trigger.dev", "@trigger.dev/sdk", "@trigger.dev/core"]) put(name, "4.8.3");
  expect(found().checks[0]?.detail).toBe(
    "trigger.dev is 4.8.3, and @trigger.dev/build missing: they must be the same.",
  );
  put("@trigger.dev/build", "4.8.4");
  expect(found().checks[0]?.detail).toContain("@trigger.dev/build 4.8.4");
  put("@trigger.dev/build", "4.8.3");
  expect(found("/nonexistent").checks[0]?.detail).toContain("no node");
  expect(found().tools).toMatchObject({ cli: join(place, "trigger.dev", "cli.js"), version: "4.8.3" });
});

test("an older deployment that answers after a deploy is no proof of the new one", () => {
  const code = { version: "0.1.0", migration: "0003_x" };
  const evidence: Evidence = {
    here: { code, databaseVersion: "18.1", keyVersion: 1, keyFingerprint: "aa" },
    there: {
      ...{ engine: "trigger", code, databaseOk: true, databaseVersion: "18.1", schema: "current" },
      ...{ keyFingerprint: "aa", keyVersion: 1, problem: null },
    },
    sameDatabase: true,
    deployed: "20261122.2",
    answered: "20261122.2",
  };
  expect(differences(evidence)).toEqual([]);
  expect(differences({ ...evidence, answered: "20261122.1" }).map(({ what }) => what)).toEqual(["deployment"]);
  // A database that holds no sign-in gets no mark: then it is left open.
  expect(differences({ ...evidence, sameDatabase: undefined })).toEqual([]);
});
