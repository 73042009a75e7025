import { closeSync, constants, fstatSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { programsNotRunnable, startFailed, stillBusy } from "./failures.ts";
import { SERVER_ENVIRONMENT } from "./initialise.ts";
import { type PostmasterFile, readPostmasterFile } from "./postmaster.ts";
import type { Programs } from "./programs.ts";
import type { ServerUser } from "./server-user.ts";

export interface Launch {
  readonly programs: Programs;
  readonly user: ServerUser;
  readonly dataDir: string;
  readonly configFile: string;
  readonly logFile: string;
}

/** A log of more than this many bytes is put aside at the next start; only one old log is kept. */
const LARGEST_LOG = 2_000_000;
/** How long a server may take to start, in ms: one that recovers from a crash reads its log first. */
export const START_TIMEOUT = 120_000;
/** How long the remains of a killed server may be in the way, in ms. */
const REMAINS_TIMEOUT = 10_000;
const POLL = 5;

/**
 * Starts a server that outlives this process, in a session of its own and with no stream of ours, and waits
 * until it takes connections. Call under the state folder's lock, with no server running on the data.
 * Throws PsnError `database_start_failed` or `disk_full`.
 */
export async function launch(options: Launch): Promise<PostmasterFile> {
  rotateLog(options.logFile);
  const giveUp = performance.now() + REMAINS_TIMEOUT;
  for (;;) {
    const attempt = await tryLaunch(options);
    if ("file" in attempt) return attempt.file;
    // A server that was killed may be there as a zombie for a moment, and its children may hold its memory.
    const remains = /lock file .* already exists|pre-existing shared memory block/.test(attempt.output);
    if (!remains || performance.now() > giveUp) throw startFailed("does not start", attempt.output, options.logFile);
    await Bun.sleep(100);
  }
}

async function tryLaunch(options: Launch): Promise<{ file: PostmasterFile } | { output: string }> {
  // Opened by psn and not by the server, whose user may have no right to write here.
  const log = openSync(
    options.logFile,
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW,
    0o600,
  );
  let child: Bun.Subprocess;
  let begin: number;
  try {
    begin = fstatSync(log).size;
    child = spawnServer(options, log);
  } finally {
    closeSync(log);
  }
  const deadline = performance.now() + START_TIMEOUT;
  while (performance.now() < deadline) {
    const file = readPostmasterFile(options.dataDir);
    if (file?.pid === child.pid && file.status === "ready") {
      child.unref();
      return { file };
    }
    const ended = await Promise.race([child.exited.then(() => true), Bun.sleep(POLL).then(() => false)]);
    if (ended) return { output: readFileSync(options.logFile).subarray(begin).toString() };
  }
  child.unref();
  throw stillBusy("starting", child.pid, START_TIMEOUT / 1000);
}

function spawnServer({ programs, user, dataDir, configFile }: Launch, log: number): Bun.Subprocess {
  try {
    return Bun.spawn([programs.postgres, "-D", dataDir, "-c", `config_file=${configFile}`], {
      ...user,
      cwd: "/",
      env: SERVER_ENVIRONMENT,
      stdio: ["ignore", log, log],
      detached: true,
    });
  } catch (cause) {
    throw programsNotRunnable(programs.postgres, cause);
  }
}

function rotateLog(logFile: string): void {
  const stats = statSync(logFile, { throwIfNoEntry: false });
  if (stats !== undefined && stats.size > LARGEST_LOG) renameSync(logFile, `${logFile}.1`);
}
