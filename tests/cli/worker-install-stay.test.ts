import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { embeddedStatus } from "../../src/embedded/server.ts";
import { controlSandbox } from "../../src/sandbox/control.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { Household } from "../support/household.ts";
import { Person } from "../support/person.ts";
import { countWorkers, workersAndKeepers } from "../support/processes.ts";
import { PROJECT } from "../support/run-psn.ts";

/** The worker as a service runs it. Its manager is this test. */
function startStaying(env: Readonly<Record<string, string>>): Bun.Subprocess<"ignore", "ignore", "ignore"> {
  const worker = Bun.spawn([process.execPath, "--no-env-file", join(PROJECT, "src/cli/worker.ts"), "run", "--stay"], {
    env: { ...env, PSN_IDLE_SECONDS: "1" },
    cwd: "/",
    stdio: ["ignore", "ignore", "ignore"],
  });
  started.push(worker);
  return worker;
}

const started: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const worker of started.splice(0)) {
    worker.kill("SIGKILL");
    await worker.exited;
  }
});

let person: Person;
beforeAll(async () => {
  person = await Person.arrive();
});
afterAll(() => person.leave());

test("a worker that stays relieves the one that was started on demand, which finishes what it began", async () => {
  const { id, seal } = await person.draft("One\n---\nTwo\n---\nThree");
  // X takes its time over each tweet, so that the post is on its way while the workers change.
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets" },
    times: 3,
    action: { kind: "delay", ms: 800 },
  });
  await person.ok(["publish", id, "--expect", seal]);
  await person.until(id, ({ status }) => status === "publishing");
  const first = (await person.ok("worker status")).pid;

  const staying = startStaying(person.env);
  await person.untilServed(staying.pid);

  expect(staying.pid).not.toBe(first);
  await person.until(id, ({ status }) => status === "published");
  expect((await person.control.state()).tweets.map(({ text }) => text)).toEqual(["One", "Two", "Three"]);
});

test("it does not end for lack of work, and ends well when it is told to", async () => {
  const staying = startStaying(person.env);
  await person.untilServed(staying.pid);
  await Bun.sleep(3_000);
  await person.untilServed(staying.pid);
  await person.ok("worker stop");
  expect(await staying.exited).toBe(0);
});

test("of two that stay one serves and the other waits, takes over when the first is killed, and can be stopped while it waits", async () => {
  const first = startStaying(person.env);
  await person.untilServed(first.pid);
  const second = startStaying(person.env);
  const third = startStaying(person.env);
  await Bun.sleep(1_500);
  await person.untilServed(first.pid);
  third.kill("SIGTERM");
  expect(await third.exited).toBe(0);

  first.kill("SIGKILL");
  await person.untilServed(second.pid);
});

test("after a reboot the service alone starts the embedded database and publishes what is due, and takes the database along when it stops", async () => {
  const sandbox = await startSandbox();
  const control = controlSandbox(sandbox.url);
  const household = new Household({
    PSN_TIMEZONE: "Europe/Madrid",
    X_CLIENT_ID: "sandbox-client",
    X_CLIENT_SECRET: "sandbox-secret",
    X_API_URL: sandbox.apiUrl,
    X_AUTHORIZE_URL: sandbox.authorizeUrl,
  });
  try {
    const { url } = (await household.psn("setup x-auth start --json")).json.data;
    await household.psn("setup x-auth finish --stdin --json", await control.decide(url));
    const { id, seal } = (await household.psn("draft --stdin --json", "After a reboot.")).json.data;
    await household.psn(["schedule", id, "--expect", seal, "--at", "in 4 seconds", "--json"]);
    powerCut(household.stateDir);
    expect(embeddedStatus(household.stateDir).state).toBe("stopped");

    const staying = startStaying(household.env);

    // Asked of X alone: no psn command runs that could start a worker.
    await control.until(({ tweets }) => tweets.length === 1, 30_000);
    staying.kill("SIGTERM");
    expect(await staying.exited).toBe(0);
    expect(embeddedStatus(household.stateDir).state).toBe("stopped");
  } finally {
    await household.leave();
    await sandbox.stop();
  }
});

/** Ends every process of this state folder at once: keeper, worker and database. */
function powerCut(stateDir: string): void {
  const server = embeddedStatus(stateDir);
  for (const pid of workersAndKeepers(stateDir)) process.kill(pid, "SIGKILL");
  if ("pid" in server) process.kill(server.pid, "SIGKILL");
  while (countWorkers(stateDir) > 0 || embeddedStatus(stateDir).state !== "stopped") Bun.sleepSync(20);
}
