import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pressHere } from "../../src/cli/support/press.ts";
import { openDatabaseSession, type Session } from "../../src/cli/support/session.ts";
import { loadConfig } from "../../src/config/load.ts";
import { openDatabase } from "../../src/db/connection.ts";
import { launch } from "../../src/embedded/launch.ts";
import { readPostmasterFile } from "../../src/embedded/postmaster.ts";
import { findPackage, usablePrograms } from "../../src/embedded/programs.ts";
import { type ScratchServer, scratchServer } from "../../src/embedded/scratch.ts";
import { serverUserFor } from "../../src/embedded/server-user.ts";
import type { PressParts } from "../../src/publishing/parts.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { signIn } from "../../tests/support/sign-in.ts";
import { makeDatabase } from "./server.ts";
import { type Process, until } from "./stage.ts";

const PUBLISHER = fileURLToPath(new URL("publisher.ts", import.meta.url));
/** How soon after its death a publisher is started again. */
const RESTART_MS = 300;
const PLENTY = 10_000_000;

/** A server, a database, an X with many accounts, and publishers that come back when they are killed. */
export class SoakStage {
  readonly sandbox: Sandbox;
  readonly session: Session;
  readonly parts: PressParts;
  /** Their ids in the database. */
  readonly accounts: readonly string[];
  readonly #server: ScratchServer;
  readonly #home: string;
  readonly #env: Record<string, string>;
  readonly #clock: string;
  readonly #publishers: Process[] = [];
  /** Publishers that ended and were not killed: while the database starts, or by an error that nobody caught. */
  endedByThemselves = 0;
  #leaving = false;

  private constructor(parts: {
    server: ScratchServer;
    home: string;
    env: Record<string, string>;
    sandbox: Sandbox;
    session: Session;
    press: PressParts;
    accounts: readonly string[];
    clock: string;
  }) {
    this.#server = parts.server;
    this.#home = parts.home;
    this.#env = parts.env;
    this.sandbox = parts.sandbox;
    this.session = parts.session;
    this.parts = parts.press;
    this.accounts = parts.accounts;
    this.#clock = parts.clock;
  }

  static async open(accounts: number, clockMs: number): Promise<SoakStage> {
    const server = await scratchServer();
    const url = await makeDatabase(server, "soak");
    await keepCommits(url);
    const handles = Array.from({ length: accounts }, (_, n) => `soak${n}`);
    const sandbox = await startSandbox({ accounts: handles.map((handle) => ({ handle })) });
    const home = mkdtempSync(join(tmpdir(), "psn-soak-"));
    const env = environment(home, url, sandbox);
    const config = loadConfig({ env, home, cwd: home });
    const session = await openDatabaseSession(config, { max: 6 });
    const press = await pressHere(config, session.desk);
    const ids = [];
    // Read anew: opening the press has made the key.
    const keyed = loadConfig({ env, home, cwd: home });
    for (const handle of handles) ids.push(await signIn(keyed, press.orm, sandbox.world, handle));
    for (const endpoint of [
      "POST /2/tweets",
      "GET /2/users/:id/tweets",
      "POST /2/media/upload",
      "POST /2/media/metadata",
    ]) {
      sandbox.world.setLimit({ endpoint, limit: PLENTY });
    }
    return new SoakStage({ server, home, env, sandbox, session, press, accounts: ids, clock: String(clockMs) });
  }

  /** `seed` decides which alarms it delivers twice. */
  startPublisher(index: number, seed: number): void {
    const log = openSync(join(this.#home, "publishers.log"), "a");
    const publisher = Bun.spawn([process.execPath, "--no-env-file", PUBLISHER], {
      env: { ...this.#env, PSN_SOAK_SEED: String(seed), PSN_SOAK_CLOCK: this.#clock },
      cwd: this.#home,
      stdio: ["ignore", log, log],
      onExit: (_, __, signal) => {
        if (signal === null) this.endedByThemselves += 1;
        if (!this.#leaving) setTimeout(() => this.#leaving || this.startPublisher(index, seed + 1), RESTART_MS);
      },
    });
    this.#publishers[index] = publisher;
  }

  killPublisher(index: number): void {
    this.#publishers[index]?.kill("SIGKILL");
  }

  /** `crash`: as after a power cut, every session lost in an instant; `restart`: told to stop, and started again. */
  async breakDatabase(how: "crash" | "restart"): Promise<void> {
    const folder = dirname(this.#server.host);
    const dataDir = join(folder, "data");
    const file = readPostmasterFile(dataDir);
    if (file === undefined) throw new Error("the soak's database does not run");
    process.kill(file.pid, how === "crash" ? "SIGQUIT" : "SIGINT");
    await until("the database ends", () => readPostmasterFile(dataDir) === undefined);
    const user = serverUserFor(dataDir);
    const programs = await usablePrograms(findPackage(), user, folder, () => undefined);
    await launch({
      programs,
      user,
      dataDir,
      configFile: join(folder, "postgresql.conf"),
      logFile: join(folder, "log"),
    });
  }

  /** What publishers said, line by line. */
  complaints(): string[] {
    const text = readFileSync(join(this.#home, "publishers.log"), "utf8");
    return text.split("\n").filter((line) => line !== "");
  }

  async stopPublishers(): Promise<void> {
    this.#leaving = true;
    for (const publisher of this.#publishers) publisher.kill("SIGKILL");
    await Promise.all(this.#publishers.map((publisher) => publisher.exited));
  }

  async leave(): Promise<void> {
    await this.stopPublishers();
    await this.session.close();
    await this.sandbox.stop();
    await this.#server.stop();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** A scratch server loses its last commits in a crash; this one must not. It need not sync: the machine does not crash. */
async function keepCommits(url: string): Promise<void> {
  const { sql, close } = openDatabase({ url }, { max: 1 });
  await sql`alter database soak set synchronous_commit = on`;
  await close();
}

const environment = (home: string, url: string, { apiUrl, authorizeUrl }: Sandbox): Record<string, string> => ({
  PATH: "/usr/bin:/bin",
  HOME: home,
  LANG: "C.UTF-8",
  PSN_STATE_DIR: join(home, "state"),
  PSN_CONFIG_DIR: join(home, "config"),
  PSN_TIMEZONE: "UTC",
  PSN_SETTLE_SECONDS: "1",
  DATABASE_URL: url,
  X_CLIENT_ID: "sandbox-client",
  X_CLIENT_SECRET: "sandbox-secret",
  X_API_URL: apiUrl,
  X_AUTHORIZE_URL: authorizeUrl,
});
