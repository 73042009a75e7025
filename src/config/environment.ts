import { homedir } from "node:os";

/** The one place that reads the process's environment. Everything else is given what it needs. */
export function readEnvironment(): { env: Readonly<Record<string, string | undefined>>; home: string; cwd: string } {
  return { env: process.env, home: process.env["HOME"] || homedir(), cwd: currentFolder() };
}

/** The folder that psn is called in may have been removed: then relative paths lead from the root, where they are not. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    if (error instanceof Error) return "/";
    throw error;
  }
}
