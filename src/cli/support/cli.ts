import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { readEnvironment } from "../../config/environment.ts";
import { type Config, loadConfig } from "../../config/load.ts";
import { PsnError } from "../../core/errors.ts";
import type { Program } from "./program.ts";
import type { Session } from "./session.ts";

/** What one run of a command line has at hand. Everything costly is opened when it is first asked for. */
export class Cli {
  readonly json: boolean;
  /** Prompts only where a person can see and answer them. */
  readonly interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  #config: Config | undefined;
  #session: Promise<Session> | undefined;

  /** All command lines of psn, for the one command that lists them. */
  readonly programs: readonly Program[];

  constructor(json: boolean, programs: readonly Program[]) {
    this.json = json;
    this.programs = programs;
  }

  get config(): Config {
    this.#config ??= loadConfig(readEnvironment());
    return this.#config;
  }

  now(): Date {
    return new Date();
  }

  /** The database, ready to be used; starting it, if it is the embedded one. */
  session(): Promise<Session> {
    this.#session ??= import("./session.ts").then(({ openSession }) => openSession(this.config));
    return this.#session;
  }

  async close(): Promise<void> {
    if (this.#session === undefined) return;
    const [session] = await Promise.allSettled([this.#session]);
    if (session.status === "fulfilled") await session.value.close();
  }

  /** Keeps what psn does not understand for whoever mends it, in a file that only the user can read. */
  noteUnexpected(error: unknown): void {
    if (error instanceof PsnError) return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    try {
      mkdirSync(this.config.stateDir, { recursive: true, mode: 0o700 });
      appendFileSync(join(this.config.stateDir, "errors.log"), `${new Date().toISOString()} ${text}\n`, {
        mode: 0o600,
      });
    } catch (failure) {
      if (!(failure instanceof Error)) throw failure;
    }
  }
}
