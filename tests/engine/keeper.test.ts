import { afterAll, beforeAll, expect, test } from "bun:test";
import { until } from "../../bench/support/stage.ts";
import { embeddedStatus } from "../../src/embedded/server.ts";
import { Household } from "../support/household.ts";
import { Person } from "../support/person.ts";
import { countWorkers, workersAndKeepers } from "../support/processes.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true });
});
afterAll(() => person.leave());

const isOut = (text: string) => () => person.sandbox.world.tweets.inOrder().some((tweet) => tweet.text === text);

/** The process that watches over a worker. */
function keeperOf(pid: number): number {
  return Number(Bun.spawnSync(["ps", "-o", "ppid=", "-p", String(pid)]).stdout.toString());
}

function isAlive(pid: number): boolean {
  return Bun.spawnSync(["ps", "-o", "pid=", "-p", String(pid)]).success;
}

test("a worker that is killed comes back by itself, and publishes what was due meanwhile", async () => {
  const { id, seal } = await person.draft("I will be back.");
  await person.ok(["schedule", id, "--expect", seal, "--at", "in 4 seconds"]);
  const first = await person.untilServed();

  process.kill(first, "SIGKILL");

  // Seen at X alone: no psn command runs that could start a worker.
  await until("the post is out", isOut("I will be back."));
  const second = await person.ok("worker status");
  expect(second.running).toBe(true);
  expect(second.pid).not.toBe(first);
}, 60_000);

test("a worker that is told to stop stays stopped, until a command needs one", async () => {
  expect((await person.publish("Once.")).exit).toBe(0);
  const { pid } = await person.ok("worker status");
  const keeper = keeperOf(pid);
  expect(isAlive(keeper)).toBe(true);

  await person.ok("worker stop");

  // Nobody is left who could bring it back.
  await until("its keeper ends too", () => !isAlive(keeper));
  expect((await person.ok("worker status")).running).toBe(false);
  expect((await person.publish("Twice, in other words.")).exit).toBe(0);
  expect((await person.ok("worker status")).running).toBe(true);
}, 60_000);

test("a worker that is still being started when it is stopped stays away, and starts no database again", async () => {
  const household = new Household();
  try {
    for (let time = 0; time < 3; time++) {
      // The first command starts database and worker; it does not wait for the worker.
      expect((await household.psn("status --json")).exit).toBe(0);
      expect((await household.psn("worker stop --json")).exit).toBe(0);

      await until("nothing is left that could serve", () => workersAndKeepers(household.stateDir).length === 0);
      expect(embeddedStatus(household.stateDir).state).toBe("stopped");
    }
    expect((await household.psn("status --json")).exit).toBe(0);
    await until("a later command's worker serves", () => countWorkers(household.stateDir) === 1);
  } finally {
    await household.leave();
  }
}, 60_000);
