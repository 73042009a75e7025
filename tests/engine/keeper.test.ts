import { expect, test } from "bun:test";
import { Person } from "../support/person.ts";

test("a worker that is killed comes back by itself, and publishes what was due meanwhile", async () => {
  const person = await Person.arrive();
  try {
    const { id, seal } = await person.draft("I will be back.");
    await person.ok(["schedule", id, "--expect", seal, "--at", "in 4 seconds"]);
    let first: { running: boolean; pid: number } = { running: false, pid: 0 };
    while (!first.running) first = await person.ok("worker status");

    process.kill(first.pid, "SIGKILL");

    // Asked of X alone: no psn command runs that could start a worker.
    await person.control.until(({ tweets }) => tweets.length === 1, 20_000);
    const second = await person.ok("worker status");
    expect(second.running).toBe(true);
    expect(second.pid).not.toBe(first.pid);
  } finally {
    await person.leave();
  }
}, 60_000);

test("a worker that is told to stop stays stopped, until a command needs one", async () => {
  const person = await Person.arrive();
  try {
    expect((await person.publish("Once.")).exit).toBe(0);
    await person.ok("worker stop");
    await Bun.sleep(1_500);
    expect((await person.ok("worker status")).running).toBe(false);

    expect((await person.publish("Twice, in other words.")).exit).toBe(0);
    expect((await person.ok("worker status")).running).toBe(true);
  } finally {
    await person.leave();
  }
}, 60_000);
