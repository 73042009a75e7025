import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Config, loadConfig } from "../../src/config/load.ts";
import { type Database, openDatabase } from "../../src/db/connection.ts";
import { launch } from "../../src/embedded/launch.ts";
import { readPostmasterFile } from "../../src/embedded/postmaster.ts";
import { findPackage, usablePrograms } from "../../src/embedded/programs.ts";
import { type ScratchServer, scratchServer } from "../../src/embedded/scratch.ts";
import { serverUserFor } from "../../src/embedded/server-user.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { signIn } from "../../tests/support/sign-in.ts";
import type { Order, Told } from "./refreshing.ts";
import { makeDatabase } from "./server.ts";
import { until } from "./stage.ts";

const PROGRAM = fileURLToPath(new URL("refreshing.ts", import.meta.url));
const DATABASE = "refreshes";
/** Of calls in 15 minutes: no round meets a limit. */
const PLENTY = 1_000_000;

/** One of the processes that ask. */
export interface Asker {
  readonly pid: number;
  tell(order: Order): void;
  kill(): Promise<void>;
}

/** What an asker tells; `dead` when it ended, whether it was killed or not. */
export type Heard = Told | { readonly kind: "dead" };

/** A Postgres that can be restarted, an X, one signed-in account, and processes that want its token. */
export class RefreshStage {
  readonly sandbox: Sandbox;
  readonly database: Database;
  readonly #server: ScratchServer;
  readonly #home: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #askers = new Set<Asker>();

  private constructor(parts: {
    server: ScratchServer;
    sandbox: Sandbox;
    database: Database;
    home: string;
    env: Readonly<Record<string, string>>;
  }) {
    this.#server = parts.server;
    this.sandbox = parts.sandbox;
    this.database = parts.database;
    this.#home = parts.home;
    this.#env = parts.env;
  }

  static async open(): Promise<RefreshStage> {
    const server = await scratchServer();
    const url = await makeDatabase(server, DATABASE);
    const [sandbox, home] = [await startSandbox(), mkdtempSync(join(tmpdir(), "psn-refreshes-"))];
    sandbox.world.setLimit({ endpoint: "GET /2/users/me", limit: PLENTY });
    const database = openDatabase({ url }, { max: 2 });
    // A scratch server loses its last commits in a crash; this one must not.
    await database.sql.unsafe(`alter database ${DATABASE} set synchronous_commit = on`);
    const env = {
      PATH: "/usr/bin:/bin",
      HOME: home,
      PSN_STATE_DIR: join(home, "state"),
      PSN_CONFIG_DIR: join(home, "config"),
      DATABASE_URL: url,
      X_CLIENT_ID: "sandbox-client",
      X_CLIENT_SECRET: "sandbox-secret",
      X_API_URL: sandbox.apiUrl,
      X_AUTHORIZE_URL: sandbox.authorizeUrl,
    };
    const stage = new RefreshStage({ server, sandbox, database, home, env });
    await stage.signIn();
    return stage;
  }

  /** A new family of tokens, in place of whatever was there. */
  async signIn(): Promise<void> {
    await signIn(this.#config, this.database.orm, this.sandbox.world);
  }

  get #config(): Config {
    return loadConfig({ env: this.#env, home: this.#home, cwd: this.#home });
  }

  /** Starts a process that waits `timeoutMs` for X; it is ready when this resolves. */
  async startAsker(timeoutMs: number, onHeard: (asker: Asker, heard: Heard) => void): Promise<Asker> {
    const log = openSync(this.#log, "a");
    const ready = Promise.withResolvers<void>();
    const child = Bun.spawn([process.execPath, "--no-env-file", PROGRAM, String(timeoutMs)], {
      env: this.#env,
      cwd: this.#home,
      stdio: ["ignore", log, log],
      serialization: "json",
      ipc(told: Told) {
        if (told.kind === "ready") ready.resolve();
        else onHeard(asker, told);
      },
      onExit: () => {
        this.#askers.delete(asker);
        ready.reject(new Error(`a process ended before it was ready: ${this.complaints()}`));
        onHeard(asker, { kind: "dead" });
      },
    });
    const asker: Asker = {
      pid: child.pid,
      tell: (order) => child.send(order),
      async kill() {
        child.kill("SIGKILL");
        await child.exited;
      },
    };
    this.#askers.add(asker);
    await ready.promise;
    return asker;
  }

  /**
   * `crash`: every session is lost in an instant, as after a power cut; `restart`: told to stop, and started again.
   * `whileItIsAway` is called in between.
   */
  async breakDatabase(how: "crash" | "restart", whileItIsAway: () => Promise<void>): Promise<void> {
    const folder = dirname(this.#server.host);
    const dataDir = join(folder, "data");
    const file = readPostmasterFile(dataDir);
    if (file === undefined) throw new Error("the database does not run");
    process.kill(file.pid, how === "crash" ? "SIGQUIT" : "SIGINT");
    await until("the database ends", () => readPostmasterFile(dataDir) === undefined);
    await whileItIsAway();
    const user = serverUserFor(dataDir);
    const programs = await usablePrograms(findPackage(), user, folder, () => undefined);
    const [configFile, logFile] = [join(folder, "postgresql.conf"), join(folder, "log")];
    await launch({ programs, user, dataDir, configFile, logFile });
  }

  /** What the processes wrote on stdout and stderr, which is nothing when all is well. */
  complaints(): string {
    return readFileSync(this.#log, "utf8");
  }

  get #log(): string {
    return join(this.#home, "askers.log");
  }

  async leave(): Promise<void> {
    await Promise.all([...this.#askers].map((asker) => asker.kill()));
    await this.database.close();
    await this.sandbox.stop();
    await this.#server.stop();
    rmSync(this.#home, { recursive: true, force: true });
  }
}
