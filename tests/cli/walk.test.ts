import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { postgres } from "../../bench/driver.ts";
import { until } from "../../bench/support/stage.ts";
import { withFileLock } from "../../src/files/lock.ts";
import { controlSandbox, type SandboxControl } from "../../src/sandbox/control.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { Household } from "../support/household.ts";
import { type Line, wordsOf } from "../support/line.ts";
import type { DataOf, Envelope } from "../support/printed/index.ts";
import { commandOf, PROJECT, ranOf } from "../support/run-psn.ts";
import { checkEnvelope } from "./outside.ts";

/** A command that takes longer hangs: on a question, on a lock, or on X. */
const HANGS_MS = 60_000;
/** What the machine is set to, and so what psn proposes. */
const ZONE = "Europe/Lisbon";
const SECRET = "sandbox-secret";
const SIGN_IN = "psn setup x-auth start";
const TOKEN = { method: "POST", path: "/2/oauth2/token" };

let sandbox: Sandbox;
let control: SandboxControl;
let home: Household;
let commands: number;
beforeAll(async () => {
  sandbox = await startSandbox();
  control = controlSandbox(sandbox.url);
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  commands = 0;
  home = new Household({ X_API_URL: sandbox.apiUrl, X_AUTHORIZE_URL: sandbox.authorizeUrl, TZ: ZONE });
});
afterEach(() => home.leave());

/** In a session of its own, which has no terminal. Stdin is a pipe that ends when it was read. */
function start(line: Line, stdin = ""): Bun.Subprocess<Blob, "pipe", "pipe"> {
  return Bun.spawn(commandOf(wordsOf(line, true)), {
    env: home.env,
    cwd: PROJECT,
    detached: true,
    stdin: new Blob([stdin]),
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Runs a command as it stands in `next`, "psn" included. */
async function run<const L extends string>(next: L, stdin?: string): Promise<Envelope<DataOf<L>> & { exit: number }> {
  commands += 1;
  const child = start(next, stdin);
  const late = setTimeout(() => child.kill("SIGKILL"), HANGS_MS);
  const [stdout, stderr, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  clearTimeout(late);
  if (child.signalCode !== null) throw new Error(`${next} hangs: ${stdout}${stderr}`);
  const ran = ranOf(next, { stdout, stderr, exit });
  checkEnvelope(ran, next);
  return { ...ran.json, exit };
}

/** Begins a command and ends it with SIGKILL as soon as it is in the middle of it. */
async function kill(
  next: string,
  isMidway: (pid: number) => boolean | Promise<boolean>,
  stdin?: string,
): Promise<void> {
  const child = start(next, stdin);
  await until(`"${next}" is in the middle`, () => child.exitCode !== null || isMidway(child.pid));
  expect(child.exitCode, `"${next}" ended before it was killed`).toBe(null);
  child.kill("SIGKILL");
  await child.exited;
}

/** As `kill`, while X holds its request: before or after X has done its part. */
async function killAtX(
  next: string,
  match: { method: string; path: string },
  when: "before" | "after",
  stdin?: string,
): Promise<void> {
  const { id } = await control.run("addFault", { match, action: { kind: "hold", when } });
  await kill(next, () => sandbox.world.faults.view().some((fault) => fault.id === id && fault.holding > 0), stdin);
  sandbox.world.clearFaults();
}

/** What `psn setup status` says is next. */
const nextStep = async (): Promise<string | null> => (await run("psn setup status")).data.next;

/** A person in a browser: presses Authorise and copies the address. */
const authorise = (url: string): Promise<string> => control.decide(url);

async function expectHealthy(): Promise<void> {
  const doctor = await run("psn setup doctor");
  expect([doctor.exit, doctor.data.healthy]).toEqual([0, true]);
  const { data: post } = await run("psn draft --stdin", "Out of an empty home.");
  const published = await run(`psn publish ${post.id} --expect ${post.seal} --wait`);
  expect([published.exit, published.data.status]).toEqual([0, "published"]);
  expect((await control.state()).tweets.at(-1)?.text).toBe("Out of an empty home.");
  await control.run("reset", { keepGrants: true });
}

test("from an empty home to ready by what setup status says is next, and then a post goes out", async () => {
  const began = performance.now();
  for (let next = await nextStep(); next !== null; next = await nextStep()) {
    expect(commands, `going round in circles at ${next}`).toBeLessThan(20);
    if (next === SIGN_IN) {
      const { data } = await run(next);
      const finished = await run(data.finish, await authorise(data.url));
      expect(finished).toMatchObject({ ok: true, data: { account: "@handle" } });
      continue;
    }
    const ran = await run(next);
    // What can't be known is asked for by the command itself: only the id and the secret are the person's to give.
    if (ran.error?.code === "input_needed") {
      const app = await run(String(ran.error.next).replace("ID", "sandbox-client"), SECRET);
      expect(app).toMatchObject({ ok: true, data: { accepted: true } });
    } else expect(ran.ok).toBe(true);
  }
  const seconds = (performance.now() - began) / 1000;

  expect((await run("psn setup status")).data.ready).toBe(true);
  console.log(`from an empty home to ready: ${commands - 1} commands, ${seconds.toFixed(1)} s`);
  await expectHealthy();
}, 180_000);

test.skipIf(process.platform !== "linux")(
  "each step takes a wrong input and a SIGKILL in its middle, and the way on stays the same",
  async () => {
    // The first start of the database, broken off early, in the middle and late.
    for (const ms of [0, 400, 1_000]) {
      let since = 0;
      await kill("psn setup status", () => {
        if (since === 0 && existsSync(home.stateDir)) since = performance.now();
        return since > 0 && performance.now() - since >= ms;
      });
    }
    expect(await nextStep()).toBe(`psn setup timezone ${ZONE}`);

    expect(await run("psn setup timezone Europe/Nowhere")).toMatchObject({
      exit: 5,
      error: { code: "zone_invalid", next: `psn setup timezone ${ZONE}` },
    });
    mkdirSync(join(home.home, "config"), { mode: 0o700 });
    const lock = join(home.home, "config", "hub.env.lock");
    // A machine that is set to no place.
    home.env["TZ"] = "Etc/GMT+3";
    expect(await nextStep()).toBe("psn setup timezone UTC");
    home.env["TZ"] = ZONE;
    // It has come to the lock by then, and waits for it.
    const begun = performance.now();
    await withFileLock(lock, () => kill(`psn setup timezone ${ZONE}`, () => performance.now() - begun > 1_000));
    expect(await nextStep()).toBe(`psn setup timezone ${ZONE}`);
    expect((await run(`psn setup timezone ${ZONE}`)).ok).toBe(true);

    const asked = await run((await nextStep()) ?? "");
    const withId = String(asked.error.next).replace("ID", "sandbox-client");
    expect(withId).toBe("psn setup x-app --client-id sandbox-client --stdin");
    const refused = await run(withId, "a-wrong-secret");
    expect(refused).toMatchObject({ exit: 3, error: { code: "x_app_refused" } });
    expect(await nextStep()).toBe("psn setup x-app");
    await killAtX(withId, TOKEN, "before", SECRET);
    expect(await nextStep()).toBe("psn setup x-app");
    expect(await run(withId, SECRET)).toMatchObject({ exit: 0, data: { accepted: true } });

    expect(await nextStep()).toBe(SIGN_IN);
    const sql = await postgres(home);
    await sql.begin(async (tx) => {
      await tx`lock table pending_sign_ins in access exclusive mode`;
      const waits = async () => (await tx`select from pg_locks where not granted`).length > 0;
      await kill(SIGN_IN, waits);
    });
    await sql.end();

    let { data } = await run(SIGN_IN);
    expect(await run(data.finish, "http://127.0.0.1:8787/callback?state=other&code=none")).toMatchObject({
      exit: 4,
      error: { code: "paste_invalid", next: expect.stringContaining("psn setup x-auth") },
    });
    // The sign-in that was begun is still waiting; the code is late.
    const late = await authorise(data.url);
    await control.run("expireCodes", {});
    expect(await run(data.finish, late)).toMatchObject({
      exit: 4,
      error: { code: "code_expired", next: SIGN_IN },
    });
    // Killed when X has spent the code, and when X is asked whose sign-in it is: the code is gone, and that is said.
    for (const match of [TOKEN, { method: "GET", path: "/2/users/me" }]) {
      expect(await nextStep()).toBe(SIGN_IN);
      ({ data } = await run(SIGN_IN));
      const paste = await authorise(data.url);
      await killAtX(data.finish, match, "after", paste);
      expect(await run(data.finish, paste)).toMatchObject({ exit: 4, error: { code: "code_expired" } });
    }
    expect(await nextStep()).toBe(SIGN_IN);
    ({ data } = await run(SIGN_IN));
    expect(await run(data.finish, await authorise(data.url))).toMatchObject({ exit: 0 });

    expect(await run("psn setup status")).toMatchObject({ data: { ready: true, next: null } });
    await expectHealthy();
  },
  240_000,
);
