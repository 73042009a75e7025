import { existsSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import { openDatabaseSession, type Session } from "../../src/cli/support/session.ts";
import { type Config, loadConfig } from "../../src/config/load.ts";
import { ROOT_STORE, shortHash } from "../../src/embedded/place.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { Household } from "../../tests/support/household.ts";
import { type Line, wordsOf } from "../../tests/support/line.ts";
import type { DataOf } from "../../tests/support/printed/index.ts";
import type { RanOf } from "../../tests/support/run-psn.ts";
import { signIn } from "../../tests/support/sign-in.ts";
import type { Bill } from "./ledger.ts";
import { processesOf, signal } from "./processes.ts";
import { until } from "./until.ts";

const STARTS_WITHIN_MS = 15_000;
const COMMAND_ENDS_WITHIN_MS = 20_000;
/** Then they are killed: nothing of theirs is kept. */
const ENDS_WITHIN_MS = 6_000;

/** One psn with a home, a database and a worker of its own, and the X that it calls. */
export class Stage {
  readonly x: Sandbox;
  readonly household: Household;
  readonly #stop: AbortSignal;
  readonly #config: Config;
  /** Commands that run now. */
  readonly #running = new Set<Promise<unknown>>();
  #session: Promise<Session> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(x: Sandbox, stop: AbortSignal) {
    this.x = x;
    this.#stop = stop;
    this.household = new Household({
      NO_COLOR: "1",
      PSN_TIMEZONE: "UTC",
      PSN_SETTLE_SECONDS: "1",
      PSN_IDLE_SECONDS: "60",
      X_CLIENT_ID: "sandbox-client",
      X_CLIENT_SECRET: "sandbox-secret",
      X_API_URL: x.apiUrl,
      X_AUTHORIZE_URL: x.authorizeUrl,
    });
    const { env, home } = this.household;
    this.#config = loadConfig({ env, home, cwd: home });
  }

  static async open(stop: AbortSignal): Promise<Stage> {
    return new Stage(await startSandbox(), stop);
  }

  /** Runs a command line of psn as a process, with `--json`. Any exit is fine. */
  async psn<const L extends Line>(line: L, stdin?: string): Promise<RanOf<L>> {
    this.#stop.throwIfAborted();
    const run = this.household.psn(line, stdin, true);
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
    }
  }

  /** As `psn`; throws unless the command went well. */
  async ok<const L extends Line>(line: L, stdin?: string): Promise<DataOf<L>> {
    const ran = await this.psn(line, stdin);
    if (ran.exit === 0) return ran.json.data;
    throw new Error(`psn ${wordsOf(line).join(" ")} ended with ${ran.exit}: ${ran.json.error?.message ?? ran.stderr}`);
  }

  /**
   * Signs an account in and does `work` while new posts belong to it. Of drills that share a psn, one does so at a
   * time: new posts belong to who signed in last.
   */
  async asAccount<T>(handle: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      await this.#signIn(handle);
      return await work();
    });
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  /** Without the consent page: the sign-in is not what is tried here, and commands would take their time. */
  async #signIn(handle: string): Promise<void> {
    this.x.world.putAccount({ handle });
    const { database } = await this.#open();
    // Read anew: the first sign-in makes the key.
    const { env, home } = this.household;
    await signIn(loadConfig({ env, home, cwd: home }), database.orm, this.x.world, handle);
  }

  /** psn's database, to look at while no command is run for it. Starts the server when it is down. */
  async sql(): Promise<Sql> {
    return (await this.#open()).database.sql;
  }

  async #open(): Promise<Session> {
    this.#stop.throwIfAborted();
    this.#session ??= openDatabaseSession(this.#config, { max: 2 });
    return await this.#session;
  }

  /** The server died: the next look connects anew. */
  async disconnect(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await Promise.allSettled([session?.then(({ close }) => close())]);
  }

  /** The process id of the worker that serves now; waits for it while it starts. */
  async worker(): Promise<number> {
    let pid: number | undefined;
    await until(
      "a worker serves",
      this.#stop,
      async () => {
        ({ pid } = await this.ok(["worker", "status"]));
        return pid !== undefined;
      },
      STARTS_WITHIN_MS,
    );
    return Number(pid);
  }

  /** What X billed, and what psn noted. */
  async bill(of: string): Promise<Bill> {
    const sql = await this.sql();
    const [row] = await sql<{ booked: string }[]>`select coalesce(sum(micro_usd), 0) as booked from spend`;
    const billed = Math.round(this.x.world.state().billing.spentUsd * 1_000_000);
    return { of, billed, booked: Number(row?.booked ?? 0) };
  }

  /** Ends every process of this psn and removes every file. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.x.world.faults.clear();
    // Nothing is taken away under a command, unless it hangs.
    await Promise.race([Promise.allSettled([...this.#running, this.#turn]), Bun.sleep(COMMAND_ENDS_WITHIN_MS)]);
    await Promise.race([this.disconnect(), Bun.sleep(COMMAND_ENDS_WITHIN_MS)]);
    await this.#endProcesses();
    const elsewhere = this.#rootsHome();
    await this.household.leave();
    // Of a server that was interrupted while it was made this is left: there was no database yet to remove.
    if (elsewhere !== undefined) rmSync(elsewhere, { recursive: true, force: true });
    await this.x.stop();
  }

  /** Where root's database lies when the server's user can't reach the state folder. */
  #rootsHome(): string | undefined {
    const { stateDir } = this.household;
    if (process.geteuid?.() !== 0 || !existsSync(stateDir)) return undefined;
    return join(ROOT_STORE, shortHash(realpathSync(stateDir)));
  }

  /** All of them, before the files go: a worker that is still starting would make its folder anew. */
  async #endProcesses(): Promise<void> {
    const { stateDir } = this.household;
    const giveUpAt = performance.now() + ENDS_WITHIN_MS;
    for (let left = processesOf(stateDir); left.length > 0; left = processesOf(stateDir)) {
      const late = performance.now() > giveUpAt;
      for (const pid of left) {
        signal(pid, "SIGCONT");
        signal(pid, late ? "SIGKILL" : "SIGTERM");
      }
      await Bun.sleep(200);
    }
  }
}
