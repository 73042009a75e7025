import { expect } from "bun:test";
import type { TransactionSql } from "postgres";
import { until } from "../../bench/support/stage.ts";
import type { Person } from "../support/person.ts";
import { commandOf } from "../support/run-psn.ts";

/** Starts a command of psn as a process of its own, with --json. */
export function start({ env, home }: Person, words: readonly string[]): Bun.Subprocess<"ignore", "pipe"> {
  const options = { env, cwd: home, stdin: "ignore", stdout: "pipe", stderr: "ignore" } as const;
  return Bun.spawn(commandOf([...words, "--json"]), options);
}

/**
 * Runs a command of psn until it waits for what `lock` holds, and ends it there with SIGKILL. Its session ends too, before
 * the lock is given back: nothing of it is done after its death.
 */
export async function killedAt(
  person: Person,
  words: readonly string[],
  lock: (tx: TransactionSql) => Promise<unknown>,
): Promise<void> {
  await person.database.sql.begin(async (tx) => {
    await lock(tx);
    const child = start(person, words);
    const waiting = async () => {
      const rows = await tx<{ pid: number }[]>`
        select pid from pg_stat_activity
        where datname = current_database() and application_name = 'psn' and wait_event_type = 'Lock'`;
      // pg_stat_activity is looked at anew only in another transaction.
      await tx`select pg_stat_clear_snapshot()`;
      return rows;
    };
    await until("it waits", async () => child.exitCode !== null || (await waiting()).length > 0);
    expect(child.exitCode, `psn ${words.join(" ")} ended before it was killed`).toBe(null);
    child.kill("SIGKILL");
    await child.exited;
    await until("its session is over", async () => {
      for (const { pid } of await waiting()) await tx`select pg_terminate_backend(${pid})`;
      return (await waiting()).length === 0;
    });
  });
}
