import { homedir } from "node:os";

/** The one place that reads the process's environment. Everything else is given what it needs. */
export function readEnvironment(): { env: Readonly<Record<string, string | undefined>>; home: string; cwd: string } {
  return { env: process.env, home: process.env["HOME"] || homedir(), cwd: process.cwd() };
}
