import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { embeddedStatus } from "../../src/embedded/server.ts";
import { Household } from "../support/household.ts";
import { countWorkers } from "../support/processes.ts";

test("ten first commands at once on an empty state make one server, one worker and one key, and all go well", async () => {
  const household = new Household();
  try {
    const lines = ["status --json", "setup status --json", "worker status --json"];
    const ran = await Promise.all(Array.from({ length: 10 }, (_, i) => household.psn(lines[i % 3] ?? "status --json")));

    expect(ran.map(({ exit, stderr }) => ({ exit, stderr }))).toEqual(ran.map(() => ({ exit: 0, stderr: "" })));
    expect(embeddedStatus(household.stateDir).state).toBe("running");
    expect(readFileSync(household.secretsFile, "utf8").match(/PSN_ENCRYPTION_KEY=/g)).toHaveLength(1);
    // The losers of the worker's race end by themselves.
    const giveUpAt = Date.now() + 10_000;
    while (countWorkers(household.stateDir) > 1 && Date.now() < giveUpAt) await Bun.sleep(100);
    expect(countWorkers(household.stateDir)).toBe(1);
  } finally {
    await household.leave();
  }
}, 60_000);

test("the worker and its server stop when there is nothing to do, and come back with the next command", async () => {
  const household = new Household();
  household.env["PSN_IDLE_SECONDS"] = "2";
  try {
    expect((await household.psn("status --json")).exit).toBe(0);
    const giveUpAt = Date.now() + 20_000;
    const down = () => embeddedStatus(household.stateDir).state === "stopped" && countWorkers(household.stateDir) === 0;
    while (!down() && Date.now() < giveUpAt) await Bun.sleep(100);

    expect(embeddedStatus(household.stateDir).state).toBe("stopped");
    expect(countWorkers(household.stateDir)).toBe(0);
    expect((await household.psn("status --json")).exit).toBe(0);
    expect(embeddedStatus(household.stateDir).state).toBe("running");
  } finally {
    await household.leave();
  }
}, 60_000);
