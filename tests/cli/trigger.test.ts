import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Person } from "../support/person.ts";
import type { DataOf } from "../support/printed/index.ts";
import type { RanOf } from "../support/run-psn.ts";
import { startTriggerApi, type TriggerApi } from "../support/trigger-api/trigger-api.ts";
import { leaksIn, type Place } from "./leaks.ts";
import { ask, atOnce, envOf, type Given } from "./outside.ts";
import { HAS_TMUX, Terminal } from "./tmux.ts";

const PROJECT = "proj_standin";
const KEY = "tr_prod_planted_key_4hGz";
const SECOND_KEY = "tr_prod_planted_second_9sKd";
const LINE = `setup trigger ${PROJECT} --stdin`;
const VARIABLES = { method: "GET", path: "/api/v1/projects/:id/envvars/:slug" };

let person: Person;
let api: TriggerApi;
/** Everything that psn printed. */
const said: Place[] = [];

beforeAll(async () => {
  [person, api] = await Promise.all([
    Person.arrive({ signedIn: false, manyInOne: true }),
    startTriggerApi({ secretKeys: [KEY, SECOND_KEY, "tr_dev_planted_dev_Pq2x"], projectRef: PROJECT }),
  ]);
  person.env["TRIGGER_API_URL"] = api.url;
});
afterAll(async () => {
  await api.stop();
  await person.leave();
});
afterEach(() => {
  for (const file of [hubFile(), secretsFile()]) rmSync(file, { force: true });
});

const hubFile = () => join(person.home, "config", "hub.env");
const secretsFile = () => join(person.home, ".config", "psn", "secrets.env");
const contentOf = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");

async function run<const L extends string>(line: L, stdin?: string, env: Given["env"] = {}): Promise<RanOf<L>> {
  const ran = await ask(person, line, { env, ...(stdin === undefined ? {} : { stdin }) });
  said.push({ name: `what psn ${line} prints`, text: `${ran.stdout}${ran.stderr}` });
  return ran;
}

async function outcome(line: string, stdin?: string, env: Given["env"] = {}): Promise<string> {
  const { exit, json } = await run(line, stdin, env);
  return json.ok ? `${exit}` : `${exit} ${json.error.code}`;
}

test("a project is linked once its key is proven; posts go on being sent from here, and again is the same", async () => {
  const linked: DataOf<"setup trigger"> = {
    project: PROJECT,
    key: "production",
    apiUrl: api.url,
    engine: "local",
    ownProject: true,
    overridden: [],
    next: "psn setup deploy",
  };
  for (const [line, stdin] of [
    [LINE, `${KEY}\n`],
    [LINE, KEY],
    ["setup trigger", undefined],
    [`setup trigger ${PROJECT}`, undefined],
  ] as const) {
    const { exit, json } = await run(line, stdin);
    expect([line, exit, json.data]).toEqual([line, 0, linked]);
  }
  expect(contentOf(hubFile())).toBe(`PSN_ENGINE=local\nTRIGGER_PROJECT_REF=${PROJECT}\n`);
  expect(contentOf(secretsFile())).toBe(`TRIGGER_SECRET_KEY=${KEY}\n`);
  expect(statSync(secretsFile()).mode & 0o777).toBe(0o600);
  const { stdout } = await person.psn("setup trigger");
  expect(stdout).toContain("✓ Trigger.dev accepts the production key");
  expect(stdout).toContain("Posts still go out from this machine");
  // Nothing was started there.
  expect(api.runs()).toEqual([]);
});

test("what can't be used is refused with the way on, and nothing of it is stored or repeated", async () => {
  const cases: readonly (readonly [line: string, stdin: string | undefined, ends: string, says: string])[] = [
    ["setup trigger", undefined, "3 input_needed", "does not know your project"],
    [`setup trigger ${PROJECT}`, undefined, "3 input_needed", "must come by stdin"],
    [LINE, " \n", "3 input_needed", "Nothing came by stdin"],
    [LINE, "tr_dev_planted_dev_Pq2x", "3 config_invalid", "a development key: its runs expire ten minutes"],
    [LINE, "tr_pat_planted_pat_77Bc", "3 config_invalid", "personal access token"],
    [LINE, "pk_prod_planted_public_1d", "3 config_invalid", "public key"],
    [LINE, "planted-not-a-key-Zr5", "3 config_invalid", "no key of an environment"],
    [LINE, "tr_prod_planted_wrong_e8T", "3 config_invalid", "does not accept this key"],
    ["setup trigger proj_another --stdin", KEY, "3 config_invalid", "another project than proj_another"],
    [LINE, "tr_prod_".repeat(600), "5 text_too_large", "over 4 kB"],
    ["setup trigger hub --stdin", KEY, "2 usage", "a project ref: proj_…"],
    ["setup trigger tr_prod_planted_argument_K1", undefined, "2 usage", "make a new one"],
  ];
  await atOnce(cases, async ([line, stdin, ends, says]) => {
    const { exit, json } = await run(line, stdin);
    expect([line, stdin, `${exit} ${json.error.code}`]).toEqual([line, stdin, ends]);
    expect(json.error.message).toContain(says);
    expect(json.error.next).toMatch(/psn setup trigger|give a smaller one/);
  });
  expect(contentOf(hubFile()) + contentOf(secretsFile())).toBe("");
  const planted = cases.flatMap(([line, stdin]) => [stdin ?? "", line.split(" ")[2] ?? ""]);
  const secrets = [...planted, KEY].filter((word) => word.includes("planted"));
  expect(leaksIn(said, new Map(secrets.map((word) => [word, word])))).toEqual([]);
});

test("where Trigger.dev does not answer, or something else does, nothing is stored", async () => {
  using elsewhere = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("no", { status: 404 }) });
  for (const url of ["http://127.0.0.1:1", elsewhere.url.origin]) {
    expect(await outcome(LINE, KEY, { TRIGGER_API_URL: url })).toBe("3 engine_unavailable");
  }
  expect(contentOf(hubFile()) + contentOf(secretsFile())).toBe("");
});

test("a key that may not read variables is taken, and what stays open is told", async () => {
  const fault = api.addFault({ match: VARIABLES, action: { kind: "answer", status: 403, body: { error: "no" } } });
  const { exit, json } = await run(LINE, KEY);
  api.clearFaults();
  expect([fault > 0, exit, json.data.ownProject]).toEqual([true, 0, false]);
});

test("while posts wait at Trigger.dev its key can be renewed, and another project is refused", async () => {
  const inUse = { PSN_ENGINE: "trigger", TRIGGER_PROJECT_REF: undefined };
  expect(await outcome(LINE, KEY)).toBe("0");
  expect(await outcome(LINE, SECOND_KEY, inUse)).toBe("0");
  expect(contentOf(secretsFile())).toBe(`TRIGGER_SECRET_KEY=${SECOND_KEY}\n`);

  const stored = { PSN_ENGINE: "trigger", TRIGGER_PROJECT_REF: "proj_before", TRIGGER_SECRET_KEY: KEY };
  const { exit, json } = await run(LINE, SECOND_KEY, stored);
  expect([exit, json.error.code, json.error.next]).toEqual([7, "wrong_state", "psn setup engine local"]);
  expect(json.error.message).toContain("proj_before (production)");
});

test("a key that was there before stays what decides on the engine, and the environment's goes before the stored one", async () => {
  const env = { TRIGGER_SECRET_KEY: KEY };
  const { json } = await run(LINE, SECOND_KEY, env);
  expect(json.data).toMatchObject({ engine: "trigger", overridden: ["TRIGGER_SECRET_KEY"] });
  expect(contentOf(hubFile())).toBe(`TRIGGER_PROJECT_REF=${PROJECT}\n`);
  expect(contentOf(secretsFile())).toBe(`TRIGGER_SECRET_KEY=${SECOND_KEY}\n`);
});

test.skipIf(!HAS_TMUX)("in a terminal psn asks for project and key, and shows the key to nobody", async () => {
  const terminal = await Terminal.open(envOf(person), person.home);
  try {
    await terminal.begin("setup trigger");
    await terminal.until(/Project ref/);
    await terminal.type(PROJECT);
    await terminal.until(/production key/);
    await terminal.type(KEY);
    const { screen, exit } = await terminal.ended();
    expect(exit).toBe(0);
    expect(screen).toContain(`✓ Trigger.dev accepts the production key of ${PROJECT}.`);
    expect(screen).not.toContain(KEY);
  } finally {
    await terminal.close();
  }
  expect(contentOf(secretsFile())).toBe(`TRIGGER_SECRET_KEY=${KEY}\n`);
});
