import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { openDatabase } from "../../src/db/connection.ts";
import { WORKER_LOCK } from "../../src/db/worker.ts";
import { controlSandbox, type SandboxControl } from "../../src/sandbox/control.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { CommandLines } from "./command-lines.ts";
import { type FreshDatabase, freshDatabase } from "./database.ts";
import { type Line, wordsOf } from "./line.ts";
import type { DataOf } from "./printed/index.ts";
import { type RanOf, type RunOptions, runPsn } from "./run-psn.ts";
import { signIn } from "./sign-in.ts";
import { checkRequests, validation } from "./validation.ts";

/** Somebody who uses psn: a home, a configuration, a database and an X of their own, and nothing of this machine. */
export class Person {
  readonly home: string;
  readonly database: FreshDatabase;
  readonly sandbox: Sandbox;
  readonly control: SandboxControl;
  readonly env: Record<string, string>;
  /** For who has asked for it: many command lines in one process. */
  readonly many: CommandLines | undefined;
  #letWorkerIn: (() => Promise<void>) | undefined;

  private constructor(home: string, database: FreshDatabase, sandbox: Sandbox, many: CommandLines | undefined) {
    this.home = home;
    this.many = many;
    this.database = database;
    this.sandbox = sandbox;
    this.control = controlSandbox(sandbox.url);
    this.env = {
      PATH: "/usr/bin:/bin",
      HOME: home,
      LANG: "C.UTF-8",
      PSN_STATE_DIR: join(home, "state"),
      PSN_CONFIG_DIR: join(home, "config"),
      PSN_TIMEZONE: "Europe/Madrid",
      PSN_SETTLE_SECONDS: "1",
      DATABASE_URL: database.url,
      X_CLIENT_ID: "sandbox-client",
      X_CLIENT_SECRET: "sandbox-secret",
      X_API_URL: sandbox.apiUrl,
      X_AUTHORIZE_URL: sandbox.authorizeUrl,
    };
  }

  /**
   * `manyInOne`: what a command says and does is tried, and not its process; only `psn` starts one then.
   * `unserved`: nor what becomes of posts; no command starts a worker.
   */
  static async arrive(
    options: { signedIn?: boolean; env?: Record<string, string>; manyInOne?: boolean; unserved?: boolean } = {},
  ): Promise<Person> {
    const [database, sandbox] = await Promise.all([
      freshDatabase(),
      startSandbox({ onExchange: validation.onExchange }),
    ]);
    const many = options.manyInOne === true ? new CommandLines() : undefined;
    const person = new Person(mkdtempSync(join(tmpdir(), "psn-person-")), database, sandbox, many);
    Object.assign(person.env, options.env);
    if (options.signedIn !== false) await person.beSignedIn();
    if (options.unserved === true) person.#letWorkerIn = await person.keepWorkerOut();
    return person;
  }

  /** As after `signIn`, without the two commands that it takes. */
  async beSignedIn(handle?: string): Promise<void> {
    const config = loadConfig({ env: this.env, home: this.home, cwd: this.home });
    const database = openDatabase({ url: this.database.url }, { max: 1 });
    await signIn(config, database.orm, this.sandbox.world, handle);
    await database.close();
  }

  /** Runs a command line of psn in a process of its own, without a terminal. */
  psn<const L extends Line>(line: L, options: Partial<RunOptions> = {}): Promise<RanOf<L>> {
    return runPsn(line, { env: this.env, cwd: this.home, ...options });
  }

  /** As `psn`, in a process of its own or in one of many. */
  run<const L extends Line>(line: L, options: Partial<RunOptions> = {}): Promise<RanOf<L>> {
    const given = { env: this.env, cwd: this.home, ...options };
    return this.many === undefined ? runPsn(line, given) : this.many.run(line, given);
  }

  /** As `run`, with --json, and the promise that it went well. */
  async ok<const L extends Line>(line: L, options: { stdin?: string | Uint8Array } = {}): Promise<DataOf<L>> {
    const ran = await this.run(line, { ...options, json: true });
    if (!ran.json.ok)
      throw new Error(
        `psn ${wordsOf(line).join(" ")} exits ${ran.exit}: ${ran.stdout}${ran.stderr}${this.unexpected()}`,
      );
    return ran.json.data;
  }

  /** What psn noted about errors that it does not know. */
  unexpected(): string {
    const log = join(this.home, "state", "errors.log");
    return existsSync(log) ? readFileSync(log, "utf8") : "";
  }

  /** Signs in the way a person does, with the paste that a browser would show. */
  async signIn(account?: string): Promise<void> {
    const { url } = await this.ok("setup x-auth start");
    const redirect = await this.control.decide(url, "approve", account);
    await this.ok("setup x-auth finish --stdin", { stdin: redirect });
  }

  async draft(text: string, ...options: string[]): Promise<DataOf<"draft">> {
    return await this.ok(["draft", "--stdin", ...options], { stdin: text });
  }

  /** Drafts, approves and publishes, and waits until it is over. */
  async publish(text: string, ...options: string[]): Promise<RanOf<"publish">> {
    const { id, seal } = await this.draft(text, ...options);
    return await this.run(["publish", id, "--expect", seal, "--wait", "--json"]);
  }

  /** Shows a post whenever it has changed, until it fits, or fails after `timeoutMs`. */
  async until(id: string, fits: (data: DataOf<"show">) => boolean, timeoutMs = 20_000): Promise<DataOf<"show">> {
    const giveUpAt = Date.now() + timeoutMs;
    let shown = "";
    let data: DataOf<"show"> | undefined;
    for (;;) {
      const version = await this.#versionOf(id);
      if (version !== shown) {
        shown = version;
        data = await this.ok(["show", id]);
        if (fits(data)) return data;
      }
      if (Date.now() > giveUpAt) throw new Error(`post ${id} did not come to fit: ${JSON.stringify(data)}`);
      await Bun.sleep(50);
    }
  }

  /** Differs whenever the post's row or its story has changed: looking at it costs no process. */
  async #versionOf(id: string): Promise<string> {
    const [row] = await this.database.sql<{ version: string }[]>`
      select p.xmin || ' ' || (select count(*) from events e where e.post_id = p.id) as version
      from posts p where p.id = ${id}`;
    return row?.version ?? "none";
  }

  /** Waits until a worker serves, or this very one, and gives its process. Looking costs no process. */
  async untilServed(pid?: number, timeoutMs = 20_000): Promise<number> {
    for (const giveUpAt = Date.now() + timeoutMs; Date.now() < giveUpAt; await Bun.sleep(50)) {
      const serving = await this.#worker();
      if (serving !== undefined && (pid === undefined || serving === pid)) return serving;
    }
    throw new Error(`${pid === undefined ? "no worker serves" : `worker ${pid} does not serve`}`);
  }

  /** No command starts a worker, since it looks as if one served already, until what this gives is called. */
  async keepWorkerOut(): Promise<() => Promise<void>> {
    const held = await this.database.sql.reserve();
    await held`select pg_advisory_lock(${WORKER_LOCK})`;
    let isHeld = true;
    return async () => {
      if (!isHeld) return;
      isHeld = false;
      await held`select pg_advisory_unlock_all()`;
      held.release();
    };
  }

  /** As `psn worker stop`, where there is one to stop. */
  async stopWorker(): Promise<void> {
    if ((await this.#worker()) !== undefined) await this.run("worker stop");
  }

  /** Without the command that it takes. One that is just being started finds no home any more, and ends. */
  async #endWorker(): Promise<void> {
    const pid = await this.#worker();
    if (pid === undefined || Number.isNaN(pid)) return;
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It has just ended by itself, and its session is the last that is seen of it.
    }
    for (const giveUpAt = Date.now() + 30_000; (await this.#worker()) === pid; await Bun.sleep(20)) {
      if (Date.now() > giveUpAt) throw new Error(`worker ${pid} does not end`);
    }
  }

  /** The process that holds the worker's lock, by the name that it gave its session. */
  async #worker(): Promise<number | undefined> {
    const [row] = await this.database.sql<{ name: string }[]>`
      select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
      where a.datname = current_database() and l.locktype = 'advisory' and l.granted and l.objid = ${WORKER_LOCK}`;
    return row === undefined ? undefined : Number(row.name.split(" ")[2]);
  }

  /** Stops the worker and takes everything away. */
  async leave(): Promise<void> {
    await this.#letWorkerIn?.();
    await this.#endWorker();
    await this.many?.close();
    await this.sandbox.stop();
    await this.database.drop();
    rmSync(this.home, { recursive: true, force: true });
    await checkRequests();
  }
}
