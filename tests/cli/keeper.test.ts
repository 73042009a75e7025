import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { Person } from "../support/person.ts";
import { PROJECT } from "../support/run-psn.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ signedIn: false, env: { PSN_IDLE_SECONDS: "0" } });
});
afterAll(() => person.leave());

async function keep(env: Readonly<Record<string, string>> = {}): Promise<{ exit: number; log: string }> {
  const keeper = Bun.spawn([process.execPath, "--no-env-file", join(PROJECT, "src/cli/worker/keeper.ts")], {
    env: { ...person.env, ...env },
    cwd: person.home,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, exit] = await Promise.all([
    new Response(keeper.stdout).text(),
    new Response(keeper.stderr).text(),
    keeper.exited,
  ]);
  return { exit, log: out + err };
}

test.concurrent("a worker that has nothing to do is not started again", async () => {
  const { exit, log } = await keep();
  expect(log.match(/worker \d+ serves/g)).toHaveLength(1);
  expect(exit).toBe(0);
});

test.concurrent("nor is one that can't work until somebody mends a setting", async () => {
  const { log } = await keep({ PSN_TIMEZONE: "Mars/Olympus" });
  expect(log.match(/PSN_TIMEZONE must be/g)).toHaveLength(1);
});
