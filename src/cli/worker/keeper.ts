/**
 * Keeps a worker alive: starts it again when it is killed or crashes, and ends with it when it ends by itself, be it
 * because there is nothing to do or because its database stays away. The next command starts another.
 * Its own arguments are the worker's.
 * Imports nothing of psn, so that it costs next to nothing while it waits.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("../worker.ts", import.meta.url));
/** One that keeps failing at once has a reason that starting again does not mend. */
const TRIES = 5;
const SOON_MS = 10_000;
const PAUSE_MS = 300;
/** EXIT.unexpected, and what Bun ends with. Other codes are for what a person has to mend. */
const CRASHED = 1;

const start = () =>
  spawn(process.execPath, ["--no-env-file", WORKER, "run", ...process.argv.slice(2)], { stdio: "inherit" });

let stopping = false;
// Before the worker starts: told in that moment, this process would end alone.
process.on("SIGTERM", () => {
  stopping = true;
  worker.kill("SIGTERM");
});
let worker = start();

for (let quickEnds = 0; ; ) {
  const started = performance.now();
  const code = await new Promise<number | null>((resolve) => worker.once("exit", resolve));
  quickEnds = performance.now() - started < SOON_MS ? quickEnds + 1 : 0;
  const crashed = code === null || code === CRASHED;
  if (!crashed || stopping || quickEnds === TRIES) break;
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  worker = start();
}
process.exit(0);
