import { stillBusy } from "./failures.ts";
import { fullCommandLine, isServing, type PostmasterFile } from "./postmaster.ts";
import { dropSocketFolder } from "./socket-folder.ts";

/** How long open transactions may take to be rolled back and written, in ms, before the server is cut off. */
const FAST = 30_000;
/** How long a server that was cut off may take to end, in ms. */
const IMMEDIATE = 10_000;

/**
 * Ends the server of `dataDir`, which `file` names: clients are cut off and what is committed is kept. Returns
 * when its process is gone. Call under the state folder's lock.
 * Throws PsnError `database_start_failed` when it outlives even that.
 */
export async function stopServer(file: PostmasterFile, dataDir: string): Promise<void> {
  if (isServing(file, dataDir, fullCommandLine)) {
    process.kill(file.pid, "SIGINT");
    if (!(await hasEnded(file, dataDir, FAST))) {
      // The server then ends as after a power cut, and recovers at the next start.
      process.kill(file.pid, "SIGQUIT");
      if (!(await hasEnded(file, dataDir, IMMEDIATE))) throw stillBusy("stopping", file.pid, (FAST + IMMEDIATE) / 1000);
    }
  }
  dropSocketFolder(file.socketDir);
}

/** Waits until the process is gone; false when it is not after `timeoutMs`. */
export async function hasEnded(file: PostmasterFile, dataDir: string, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isServing(file, dataDir)) {
    if (performance.now() > deadline) return false;
    await Bun.sleep(5);
  }
  return true;
}
