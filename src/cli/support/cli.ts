import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { readEnvironment } from "../../config/environment.ts";
import { type Config, loadConfig } from "../../config/load.ts";
import { notice, toPsnError } from "./output.ts";
import type { Program } from "./program.ts";
import type { Session } from "./session.ts";

/** What one run of a command line has at hand. Everything costly is opened when it is first asked for. */
export class Cli {
  readonly json: boolean;
  /** Prompts only where a person can see and answer them; never into what a program reads. */
  readonly interactive: boolean;
  #config: Config | undefined;
  #session: Promise<Session> | undefined;

  /** All command lines of psn, for the one command that lists them. */
  readonly programs: readonly Program[];

  constructor(json: boolean, programs: readonly Program[]) {
    this.json = json;
    this.interactive = !json && process.stdin.isTTY === true && process.stdout.isTTY === true;
    this.programs = programs;
  }

  /** Read when it is first asked for: a command that needs no setting works with wrong ones, and help does. */
  get config(): Config {
    if (this.#config === undefined) {
      this.#config = loadConfig(readEnvironment());
      for (const warning of this.#config.warnings) notice(`warning: ${warning}`);
    }
    return this.#config;
  }

  /** After a setting was stored: everything that was read from the old ones is read again. */
  reload(): void {
    this.#config = undefined;
  }

  /** Whether the embedded database was made before: then nobody is asked where posts shall be kept. */
  async hasDatabase(): Promise<boolean> {
    const { embeddedStatus } = await import("../../embedded/server.ts");
    return embeddedStatus(this.config.stateDir).state !== "absent";
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
    // What the command did is done and told: a database that goes away now changes nothing about it.
    if (session.status === "fulfilled") await Promise.allSettled([session.value.close()]);
  }

  /** Keeps what psn does not understand for whoever mends it, in a file that only the user can read. */
  noteUnexpected(error: unknown): void {
    if (toPsnError(error).code !== "unexpected") return;
    try {
      mkdirSync(this.config.stateDir, { recursive: true, mode: 0o700 });
      const line = `${new Date().toISOString()} ${traceOf(error)}\n`;
      appendFileSync(join(this.config.stateDir, "errors.log"), line, { mode: 0o600 });
    } catch (failure) {
      if (!(failure instanceof Error)) throw failure;
    }
  }
}

/** What was thrown, and where, with its causes; without the values that a query was made with. */
function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const [message] = error.message.split("\nparams: ");
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const cause = error.cause === undefined ? [] : [`caused by ${traceOf(error.cause)}`];
  return [`${error.name}: ${message}`, ...frames, ...cause].join("\n");
}
