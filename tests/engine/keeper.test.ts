import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../bench/support/stage.ts";
import { Person } from "../support/person.ts";

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
  const keeper = keeperOf(Number(pid));
  expect(isAlive(keeper)).toBe(true);

  await person.ok("worker stop");

  // Nobody is left who could bring it back.
  await until("its keeper ends too", () => !isAlive(keeper));
  expect((await person.ok("worker status")).running).toBe(false);
  expect((await person.publish("Twice, in other words.")).exit).toBe(0);
  expect((await person.ok("worker status")).running).toBe(true);
}, 60_000);

test("a stop that died when it had noted itself leaves the worker that serves; once that is gone, a command brings another", async () => {
  expect((await person.publish("Before the stop.")).exit).toBe(0);
  const pid = await person.untilServed();
  const keeper = keeperOf(pid);
  // Before it has told anybody.
  appendFileSync(join(person.env["PSN_STATE_DIR"] ?? "", "worker.stops"), `${new Date().toISOString()}\n`);

  expect((await person.publish("After half a stop.")).exit).toBe(0);
  expect(await person.untilServed()).toBe(pid);

  process.kill(pid, "SIGKILL");
  await until("its keeper ends too", () => !isAlive(keeper));
  expect((await person.publish("By another one.")).exit).toBe(0);
}, 60_000);

test("where a stop can't be noted it is told, and the worker stops all the same", async () => {
  expect((await person.ok("worker status")).running).toBe(true);
  const stops = join(person.env["PSN_STATE_DIR"] ?? "", "worker.stops");
  rmSync(stops, { force: true });
  mkdirSync(stops);

  const { exit, stderr } = await person.run("worker stop");

  expect([exit, stderr]).toEqual([0, expect.stringContaining("A worker that is just being started may still come.")]);
  expect((await person.ok("worker status")).running).toBe(false);
});
