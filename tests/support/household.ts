import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeEmbedded } from "../../src/embedded/server.ts";
import type { Line } from "./line.ts";
import { PROJECT, type RanOf, runPsn } from "./run-psn.ts";

/** An empty home without a database: psn starts its own Postgres there. Nothing of the caller's own psn is touched. */
export class Household {
  readonly home: string;
  readonly env: Record<string, string>;

  /** `env` is added to the little that psn needs. */
  constructor(env: Readonly<Record<string, string>> = {}) {
    mkdirSync(join(PROJECT, ".psn"), { recursive: true, mode: 0o711 });
    // Not under a temporary folder, where psn would not keep a database.
    this.home = mkdtempSync(join(PROJECT, ".psn", "household-"));
    this.env = {
      PATH: "/usr/bin:/bin",
      HOME: this.home,
      LANG: "C.UTF-8",
      PSN_STATE_DIR: join(this.home, "state"),
      PSN_CONFIG_DIR: join(this.home, "config"),
      ...env,
    };
  }

  get stateDir(): string {
    return join(this.home, "state");
  }

  get secretsFile(): string {
    return join(this.home, ".config", "psn", "secrets.env");
  }

  /** Runs a command line of psn in a process of its own, without a terminal. `json`: with --json. */
  psn<const L extends Line>(line: L, stdin?: string, json = false): Promise<RanOf<L>> {
    return runPsn(line, { env: this.env, cwd: PROJECT, json, ...(stdin === undefined ? {} : { stdin }) });
  }

  /** Stops worker and server, and removes every file of theirs. */
  async leave(): Promise<void> {
    await this.psn("worker stop");
    await removeEmbedded(this.stateDir);
    rmSync(this.home, { recursive: true, force: true });
  }
}
