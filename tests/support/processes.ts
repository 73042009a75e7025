import { readdirSync, readFileSync } from "node:fs";

/** How many live workers have this state folder in their environment. Linux only. */
export function countWorkers(stateDir: string): number {
  return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry) && isWorkerOf(entry, stateDir)).length;
}

function isWorkerOf(pid: string, stateDir: string): boolean {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    if (!/worker\.ts\0run/.test(line)) return false;
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`PSN_STATE_DIR=${stateDir}`);
  } catch (error) {
    // It ended while we looked.
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
