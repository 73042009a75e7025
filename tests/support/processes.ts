import { readdirSync, readFileSync } from "node:fs";

const WORKER = /worker\.ts\0run/;
const WORKER_OR_KEEPER = /worker\/keeper\.ts|worker\.ts\0run/;

/** How many live workers have this state folder in their environment. Linux only. */
export const countWorkers = (stateDir: string): number => processesOf(stateDir, WORKER).length;

/** The process ids of the workers of a state folder, and of what keeps them alive. Linux only. */
export const workersAndKeepers = (stateDir: string): number[] => processesOf(stateDir, WORKER_OR_KEEPER);

function processesOf(stateDir: string, line: RegExp): number[] {
  const ids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  return ids.filter((id) => isOf(id, stateDir, line)).map(Number);
}

function isOf(id: string, stateDir: string, line: RegExp): boolean {
  try {
    if (!line.test(readFileSync(`/proc/${id}/cmdline`, "utf8"))) return false;
    return readFileSync(`/proc/${id}/environ`, "utf8").split("\0").includes(`PSN_STATE_DIR=${stateDir}`);
  } catch (error) {
    // It ended while we looked.
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
