import { existsSync, readdirSync, readFileSync } from "node:fs";
import { embeddedStatus } from "../../src/embedded/server.ts";

type Signal = "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM";

/** Sends a signal to a process that a psn of the drill started; nothing when it is gone already. */
export function signal(pid: number, name: Signal): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return;
    throw error;
  }
}

/** Keepers and workers that were started for this state folder, also those that have not come to serve yet. */
export function processesOf(stateDir: string): number[] {
  const own = `PSN_STATE_DIR=${stateDir}`;
  return environments()
    .filter(({ words }) => words.includes(own))
    .map(({ pid }) => pid);
}

/** What processes were started with, where this may be seen: those of the same user, or all for root. */
function environments(): { pid: number; words: readonly string[] }[] {
  if (existsSync("/proc/self/environ")) {
    const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
    return pids.map((pid) => ({ pid: Number(pid), words: environmentOf(pid) }));
  }
  const { stdout } = Bun.spawnSync(["ps", "axeww", "-o", "pid=,command="]);
  return stdout
    .toString()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, ...words]) => ({ pid: Number(pid), words }));
}

/** "NAME=value" of a process; none when it is gone, or somebody else's. For systems with /proc. */
export function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    // None of ours in either case.
    return [];
  }
}

/** The process that starts the worker again when it dies. Throws when it is somebody else. */
export function keeperOf(worker: number): number {
  const pid = Number(shown("ppid", worker));
  if (!shown("args", pid).includes("keeper.ts")) throw new Error(`nobody keeps worker ${worker}`);
  return pid;
}

/** The server of a state folder; undefined when none runs. */
export function databaseOf(stateDir: string): number | undefined {
  const status = embeddedStatus(stateDir);
  return "pid" in status ? status.pid : undefined;
}

export const standsStill = (pid: number): boolean => shown("state", pid).startsWith("T");

/** Gone, or dead and not yet taken note of by who started it. */
export function isGone(pid: number): boolean {
  const state = shown("state", pid);
  return state === "" || state.startsWith("Z");
}

function shown(what: "ppid" | "args" | "state", pid: number): string {
  return Bun.spawnSync(["ps", "-ww", "-o", `${what}=`, "-p", String(pid)])
    .stdout.toString()
    .trim();
}
