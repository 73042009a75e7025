import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../bench/support/stage.ts";
import { linkOf } from "../../src/cli/setup/deploy/link.ts";
import { failureOf } from "../../src/cli/setup/deploy/toolWords.ts";
import { loadConfig } from "../../src/config/load.ts";
import { Secret } from "../../src/core/secret.ts";
import { Household } from "../support/household.ts";
import { envelopeOf } from "../support/printed/index.ts";
import { PROJECT as FOLDER } from "../support/run-psn.ts";
import { commandLinesWith, Deployment, KEY, PROJECT, VARIABLES } from "./deployment.ts";
import { atOnce, envOf, type Given } from "./outside.ts";
import { startPlatform } from "./platform.ts";
import { HAS_TMUX, Terminal } from "./tmux.ts";

const NOBODY = "http://127.0.0.1:1";
const REF = `--project-ref ${PROJECT}`;

let deployment: Deployment;
/** The real Trigger.dev CLI at an address where nobody listens. It tries for ten seconds, so it begins before all else. */
let terminal: Terminal | undefined;
let unreached: Promise<string> | undefined;
/** The same, at a platform that takes what it hands over. It wants to ask another address first, for as long. */
let handing: ReturnType<typeof beginDeploy>;
const platform = startPlatform();

beforeAll(async () => {
  deployment = await Deployment.linked();
  if (HAS_TMUX) {
    const nobody = {
      TRIGGER_API_URL: NOBODY,
      TRIGGER_PROJECT_REF: "proj_unreached",
      PSN_STATE_DIR: folder("unreached"),
    };
    terminal = await Terminal.open(envOf(deployment.person, nobody), deployment.person.home);
    unreached = watchedIn(terminal);
  }
  handing = beginDeploy({ TRIGGER_API_URL: platform.url, PSN_STATE_DIR: folder("handing") });
  // Both have found everything in order by then.
  const logs = ["handing", ...(HAS_TMUX ? ["unreached"] : [])].map(logIn);
  await until("the CLIs run", () => logs.every((log) => existsSync(log)));
});
afterAll(async () => {
  handing.kill("SIGINT");
  await Promise.all([unreached, handing.exited]);
  await terminal?.close();
  platform[Symbol.dispose]();
  await deployment.end();
});

const folder = (name: string) => join(deployment.person.home, name);
const logIn = (name: string) => join(folder(name), "deploy.log");

/** What is on the screen when the deploy has ended. */
async function watchedIn(its: Terminal): Promise<string> {
  await its.begin("setup deploy");
  await its.until(/Trigger\.dev \(\d/, 30_000);
  return await its.until(/^ended with \d+\.$/m, 50_000);
}

function beginDeploy(env: Given["env"]) {
  return Bun.spawn([process.execPath, "--no-env-file", join(FOLDER, "src/cli/setup.ts"), "deploy", "--json"], {
    cwd: deployment.person.home,
    env: envOf(deployment.person, env),
    stdout: "pipe",
    stderr: "ignore",
  });
}

const logFile = () => logIn("state");

/** Of a preflight that found something: what failed, as "check: detail". */
async function problems(env: Given["env"], how: "" | " --dry-run" = ""): Promise<string[]> {
  const { exit, json } = await deployment.run(`setup deploy${how}`, env);
  expect([exit, json.error.code]).toEqual([3, "not_set_up"]);
  const checks = "checks" in json.data ? json.data.checks : [];
  for (const { state, next } of checks) expect(state === "ok" || (next ?? "") !== "").toBe(true);
  return checks.flatMap(({ check, state, detail }) => (state === "failed" ? [`${check}: ${detail}`] : []));
}

test("everything that stands against a deploy is told at once, each with its fix, and nothing is sent", async () => {
  const { DATABASE_URL = "" } = deployment.person.env;
  const everything = {
    TRIGGER_PROJECT_REF: undefined,
    TRIGGER_API_URL: undefined,
    X_CLIENT_ID: undefined,
    PSN_ENCRYPTION_KEY: `v1:${"A".repeat(43)}`,
  };
  expect(await problems(everything)).toEqual([
    "project: psn is not linked to a project at Trigger.dev.",
    `database: DATABASE_URL leads to ${new URL(DATABASE_URL).hostname}, which is this machine only; Trigger.dev's worker runs elsewhere.`,
    "encryption key: PSN_ENCRYPTION_KEY v1 is another key than the one this database was used with.",
    "x app: psn does not know your X app yet.",
  ]);
  const one: readonly (readonly [Given["env"], string])[] = [
    [{ TRIGGER_SECRET_KEY: "tr_dev_planted_dev_Pq2x" }, "project: That is a development key"],
    [{ TRIGGER_ACCESS_TOKEN: "tr_stg_planted_staging_P0" }, "credential: TRIGGER_ACCESS_TOKEN is a staging key."],
    [{ TRIGGER_ACCESS_TOKEN: "planted-no-token-3Ud" }, "credential: TRIGGER_ACCESS_TOKEN is no token that deploys."],
    [{ X_CLIENT_SECRET: "planted-wrong-secret-Kq81z" }, "x app: X does not know this client id with this secret."],
    [{ DATABASE_URL: "postgres://me@127.0.0.1:1/none" }, "database: "],
    [{ PATH: "/nonexistent" }, "tools: There is no node on the PATH"],
  ];
  await atOnce(one, async ([env, says]) => {
    expect(await problems(env, " --dry-run")).toEqual([expect.stringContaining(says)]);
  });
  expect(existsSync(logFile())).toBe(false);
  expect(deployment.api.requests).toEqual([]);
});

test("a database without tables, or without a sign-in, is no database to deploy with", async () => {
  const { sql } = deployment.person.database;
  await sql`update oauth_tokens set dead_code = 'invalid_grant', dead_since = now()`;
  expect(await problems({})).toEqual(["sign-in: Every sign-in has ended."]);
  await sql`update oauth_tokens set dead_code = null, dead_since = null`;

  await sql`alter table drizzle.__drizzle_migrations rename to elsewhere`;
  expect(await problems({})).toEqual(["database: The database lacks psn's tables, or has older ones."]);
  await sql`alter table drizzle.elsewhere rename to __drizzle_migrations`;
});

test("with psn's own database on this machine nothing is started to find out that it will not do", async () => {
  const {
    DATABASE_URL: _,
    HOME: _home,
    PSN_STATE_DIR: _state,
    PSN_CONFIG_DIR: _config,
    ...env
  } = deployment.person.env;
  const household = new Household(env);
  try {
    const { exit, json } = await household.psn("setup deploy --dry-run --json");
    expect([exit, json.error.code]).toEqual([3, "not_set_up"]);
    expect(json.error.message).toContain("the database that psn runs on this machine");
    expect(json.error.next).toContain("DATABASE_URL");
    expect(existsSync(household.stateDir)).toBe(false);
  } finally {
    await household.leave();
  }
});

test("a dry run names what would be handed over, never its values, and sends nothing", async () => {
  const { exit, json } = await deployment.run("setup deploy --dry-run");
  expect(exit).toBe(0);
  expect(json.data).toMatchObject({ dryRun: true, ready: true, project: PROJECT, environment: "production" });
  if (!json.data.ready) throw new Error("not ready, and all is well");
  expect(json.data.variables.toSorted()).toEqual(VARIABLES.toSorted());
  expect(json.data.checks.map(({ state }) => state)).not.toContain("failed");
  const { stdout } = await deployment.person.psn("setup deploy --dry-run");
  deployment.said.push({ name: "the dry run for people", text: stdout });
  for (const name of VARIABLES) expect(stdout).toContain(`  ${name}\n`);
  for (const wrong of ["--dry-run --check", "--check --wait soon"]) {
    expect(await deployment.outcome(`setup deploy ${wrong}`)).toBe("2 usage");
  }
  expect([deployment.api.requests.length, existsSync(logFile())]).toEqual([0, false]);
});

test("the CLI bundles the worker here and hands over exactly the variables that it needs; Ctrl-C ends it with all that it started", async () => {
  await until("the secrets are handed over", () => platform.imports.some(({ isSecret }) => isSecret), 50_000);
  const [running = "none"] = commandLinesWith(REF);
  handing.kill("SIGINT");
  const { error } = envelopeOf("setup deploy", await new Response(handing.stdout).text());
  expect([await handing.exited, error.code, error.next]).toEqual([130, "interrupted", "psn setup deploy --check"]);
  if (process.platform === "linux") {
    expect(running).toContain(`deploy --env prod ${REF}`);
    deployment.said.push({ name: "what ps shows", text: running });
  }
  expect(commandLinesWith(REF)).toEqual([]);

  const { env } = deployment.person;
  const open = { X_CLIENT_ID: env["X_CLIENT_ID"], X_API_URL: env["X_API_URL"], PSN_TIMEZONE: "Europe/Madrid" };
  const secret = { DATABASE_URL: env["DATABASE_URL"], X_CLIENT_SECRET: env["X_CLIENT_SECRET"] };
  expect<unknown>(platform.imports).toEqual([
    {
      variables: { ...open, X_CALLBACK_URL: "http://127.0.0.1:8787/callback", PSN_ENGINE: "trigger" },
      override: true,
      isSecret: false,
    },
    {
      variables: { ...secret, PSN_ENCRYPTION_KEY: expect.stringMatching(/^v1:[\w-]{43}$/) },
      override: true,
      isSecret: true,
    },
  ]);
}, 60_000);

test("a failed deploy tells why, what the CLI complained of, and where its log is", async () => {
  const env = { ...deployment.person.env, TRIGGER_ACCESS_TOKEN: "tr_pat_planted_token_8uJ" };
  const link = linkOf(loadConfig({ env, home: deployment.person.home, cwd: deployment.person.home }));
  const lines = ["Building", "Error: no image", "", "bye"];
  const failure = async (secretKey: string) => {
    const { code, message, next, details } = await failureOf(
      { exit: 1, stopped: false, lines },
      { ...link, secretKey: new Secret(secretKey) },
      "/log",
    );
    return { code, message, next, details };
  };
  expect(await failure(KEY)).toEqual({
    code: "deploy_failed",
    message: "The deploy failed: the Trigger.dev CLI ended with 1. The log is /log.",
    next: "look into /log, then: psn setup deploy",
    details: { log: "/log", said: ["Error: no image"] },
  });
  expect((await failure("tr_prod_another_key")).message).toContain("does not accept this key");
});

test.skipIf(!HAS_TMUX)(
  "in a terminal the deploy can be watched, and one that does not get through says why and where the log is",
  async () => {
    const screen = (await unreached) ?? "";
    deployment.said.push({ name: "the screen", text: screen });
    const log = logIn("unreached");
    expect(screen).toContain(`Nothing was deployed: Trigger.dev does not answer at ${NOBODY}. The log is ${log}.`);
    expect(screen).toContain("ended with 3.");
    expect(statSync(log).mode & 0o777).toBe(0o600);
    expect(readFileSync(log, "utf8")).toContain("proj_unreached");
  },
  60_000,
);

test("no secret is in what was printed, nor in any file", () => {
  expect(deployment.leaks()).toEqual([]);
});
