import { expect } from "bun:test";
import { join } from "node:path";
import type { TransactionSql } from "postgres";
import { until } from "../../bench/support/stage.ts";
import type { Person } from "../support/person.ts";
import { PROJECT } from "../support/run-psn.ts";

/** Starts `psn setup …` as a process of its own. */
export function startSetup({ env, home }: Person, args: readonly string[], stdin = ""): Bun.Subprocess<Blob, "pipe"> {
  const program = join(PROJECT, "src/cli/setup.ts");
  return Bun.spawn([process.execPath, "--no-env-file", program, ...args, "--json"], {
    env,
    cwd: home,
    stdin: new Blob([stdin]),
    stdout: "pipe",
    stderr: "ignore",
  });
}

/**
 * Runs `psn setup …` until it waits for what `lock` holds, and ends it there with SIGKILL. Its session ends too, before
 * the lock is given back: nothing of it is done after its death.
 */
export async function killedAt(
  person: Person,
  args: readonly string[],
  lock: (tx: TransactionSql) => Promise<unknown>,
): Promise<void> {
  await person.database.sql.begin(async (tx) => {
    await lock(tx);
    const child = startSetup(person, args);
    const waiting = async () => {
      const rows = await tx<{ pid: number }[]>`
        select pid from pg_stat_activity
        where datname = current_database() and application_name = 'psn' and wait_event_type = 'Lock'`;
      // pg_stat_activity is looked at anew only in another transaction.
      await tx`select pg_stat_clear_snapshot()`;
      return rows;
    };
    await until("it waits", async () => child.exitCode !== null || (await waiting()).length > 0);
    expect(child.exitCode, `psn setup ${args[0]} ended before it was killed`).toBe(null);
    child.kill("SIGKILL");
    await child.exited;
    await until("its session is over", async () => {
      for (const { pid } of await waiting()) await tx`select pg_terminate_backend(${pid})`;
      return (await waiting()).length === 0;
    });
  });
}
