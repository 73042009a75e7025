import { afterAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { until } from "../../bench/support/stage.ts";
import { embeddedStatus } from "../../src/embedded/server.ts";
import { Household } from "../support/household.ts";
import { countWorkers, workersAndKeepers } from "../support/processes.ts";

const household = new Household();
afterAll(() => household.leave());

const server = () => embeddedStatus(household.stateDir).state;
const workers = () => countWorkers(household.stateDir);

test("ten first commands at once on an empty state make one server, one worker and one key, and all go well", async () => {
  const lines = ["status --json", "setup status --json", "worker status --json"];
  const ran = await Promise.all(Array.from({ length: 10 }, (_, i) => household.psn(lines[i % 3] ?? "status --json")));

  expect(ran.map(({ exit, stderr }) => ({ exit, stderr }))).toEqual(ran.map(() => ({ exit: 0, stderr: "" })));
  expect(server()).toBe("running");
  expect(readFileSync(household.secretsFile, "utf8").match(/PSN_ENCRYPTION_KEY=/g)).toHaveLength(1);
  // The losers of the worker's race end by themselves.
  await until("one worker is left", () => workers() <= 1);
  expect(workers()).toBe(1);
}, 60_000);

test("the worker and its server stop when there is nothing to do, and come back with the next command", async () => {
  household.env["PSN_IDLE_SECONDS"] = "2";
  // The one that runs has another idea of being idle.
  await household.psn("worker stop");
  expect((await household.psn("status --json")).exit).toBe(0);

  await until("worker and server stop", () => server() === "stopped" && workers() === 0);

  expect((await household.psn("status --json")).exit).toBe(0);
  expect(server()).toBe("running");
}, 60_000);

test("a worker that is still being started when it is stopped stays away, and starts no database again", async () => {
  await household.psn("worker stop");
  for (let time = 0; time < 3; time++) {
    // The first command starts database and worker; it does not wait for the worker.
    expect((await household.psn("status --json")).exit).toBe(0);
    expect((await household.psn("worker stop --json")).exit).toBe(0);

    await until("nothing is left that could serve", () => workersAndKeepers(household.stateDir).length === 0);
    expect(server()).toBe("stopped");
  }
  expect((await household.psn("status --json")).exit).toBe(0);
  await until("a later command's worker serves", () => workers() === 1);
}, 60_000);

test("a server that is left without a worker is given one by the next command, so that it ends when nobody needs it", async () => {
  for (const pid of workersAndKeepers(household.stateDir)) process.kill(pid, "SIGKILL");
  await until("they are gone", () => workersAndKeepers(household.stateDir).length === 0);
  expect(server()).toBe("running");

  expect((await household.psn("status --json")).exit).toBe(0);

  await until("a worker serves", () => workers() === 1);
  await until("both end", () => server() === "stopped" && workers() === 0);
}, 60_000);
