import { existsSync } from "node:fs";
import type { Surroundings } from "../../../config/load.ts";
import { ownUser } from "../../../embedded/place.ts";

/** What a program of the system answered. `exit` is undefined when it is not there or had to be ended. */
export interface Answer {
  readonly exit: number | undefined;
  readonly stdout: string;
  /** Its first line on stderr, or why it could not be started. */
  readonly complaint: string;
}

/** Runs a program that is found on the PATH, without a shell and without a terminal. */
export type RunProgram = (program: string, ...args: readonly string[]) => Promise<Answer>;

/** Stopping a service waits for the tweet that is being sent, and for the embedded database. */
const LIMIT_MS = 120_000;

export const programsOf =
  (given: Surroundings["env"]): RunProgram =>
  async (program, ...args) => {
    const env = { ...userBus(), ...given };
    try {
      const child = Bun.spawn([program, ...args], {
        env,
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
        timeout: LIMIT_MS,
      });
      const [stdout, stderr] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      await child.exited;
      return { exit: child.exitCode ?? undefined, stdout, complaint: firstLine(stderr) };
    } catch (error) {
      // Bun.spawn throws when there is no such program.
      if (!(error instanceof Error)) throw error;
      return { exit: undefined, stdout: "", complaint: `There is no ${program} here.` };
    }
  };

/** Where the user's service manager listens: shells of su and cron lack the variable that says so. */
function userBus(): Record<string, string> {
  const folder = `/run/user/${ownUser()}`;
  return existsSync(folder) ? { XDG_RUNTIME_DIR: folder } : {};
}

const firstLine = (text: string) => text.trim().split("\n")[0]?.trim() ?? "";
