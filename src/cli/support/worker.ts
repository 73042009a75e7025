import { spawn } from "node:child_process";
import { openSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { readEnvironment } from "../../config/environment.ts";
import type { Config } from "../../config/load.ts";
import { SETTING_NAMES } from "../../config/settings.ts";
import { PsnError } from "../../core/errors.ts";
import type { Warning } from "../../core/post/warnings.ts";
import type { Orm } from "../../db/connection.ts";
import { isServed } from "../../db/worker.ts";
import { makePrivateFolder } from "../../files/atomic.ts";
import { cannotWrite } from "../../files/errors.ts";
import { packageFolder } from "../../files/package.ts";
import { isInstalled, servicePlace } from "../worker/service/place.ts";
import { stopsSoFar } from "../worker/stops.ts";
import type { Cli } from "./cli.ts";
import { notice } from "./output.ts";

const LOG_BYTES = 5 * 1024 * 1024;

export const workerLog = (config: Config): string => join(config.stateDir, "worker.log");

/**
 * Starts the local worker unless one lives. Of several that are started at once, the one that gets the
 * database's lock stays; so asking first only saves a process. Where it can't be started that is told on the
 * side: a command that only shows something does without.
 */
export async function ensureWorker(config: Config, orm: Orm): Promise<void> {
  const problem = await startWorker(config, orm);
  if (problem !== undefined) notice(`warning: the worker can't be started. ${problem.message}`);
}

/** Why the worker can't be started (`state_unwritable`, `disk_full`); undefined when it runs or was started. */
async function startWorker(config: Config, orm: Orm): Promise<PsnError | undefined> {
  if (await isServed(orm)) return undefined;
  try {
    spawnWorker(config);
    return undefined;
  } catch (error) {
    if (error instanceof PsnError) return error;
    throw error;
  }
}

/** A process of its own session that outlives this one and its terminal, and holds none of its pipes. */
function spawnWorker(config: Config): void {
  const log = openLog(config);
  const keeper = join(packageFolder(), "src/cli/worker/keeper.ts");
  const stops = String(stopsSoFar(config.stateDir));
  const child = spawn(process.execPath, ["--no-env-file", keeper, "--stops", stops], {
    cwd: config.stateDir,
    detached: true,
    stdio: ["ignore", log, log],
    env: workerEnvironment(config),
  });
  child.unref();
}

/** What the worker needs of this environment, and nothing else: settings, home, and where programs are. */
function workerEnvironment(config: Config): NodeJS.ProcessEnv {
  const { env, home } = readEnvironment();
  const kept = [...SETTING_NAMES, "PATH", "LANG", "TZ", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"] as const;
  const passed = Object.fromEntries(kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
  return { ...passed, HOME: home, PSN_STATE_DIR: config.stateDir, PSN_CONFIG_DIR: config.configDir };
}

/** Throws PsnError `state_unwritable` or `disk_full`. */
function openLog(config: Config): number {
  makePrivateFolder(config.stateDir);
  const path = workerLog(config);
  try {
    return openSync(rotated(path), "a", 0o600);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function rotated(path: string): string {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) renameSync(path, `${path}.1`);
  return path;
}

interface AfterArming {
  readonly warnings: readonly MachineWarning[];
  readonly problem: PsnError | undefined;
}

/** What the local engine can't do, and the command that helps or shows how it stands. */
interface MachineWarning extends Warning {
  readonly code: "needs_this_machine";
  readonly next: string;
}

/** Sees to a worker after a post was armed, and says what the local engine can't do. */
export async function ensureWorkerAfterArming(cli: Cli): Promise<AfterArming> {
  const { database, unarmed } = await cli.session();
  if (cli.config.engine !== "local") {
    const problem = unarmed();
    return { warnings: [], problem: problem === undefined ? undefined : notArmed(problem) };
  }
  const failed = await startWorker(cli.config, database.orm);
  return { warnings: [needsThisMachine(cli.config)], problem: failed === undefined ? undefined : nobodySends(failed) };
}

function needsThisMachine(config: Config): MachineWarning {
  const goesOut = "It goes out from this machine: leave it on and awake at that time.";
  const [more, next] = isInstalled(servicePlace(config, readEnvironment()))
    ? ["Its service is back after a reboot, with your log-in at the latest.", "psn worker status"]
    : ["After a reboot nothing sends it until psn is used, unless you run: psn worker install", "psn worker install"];
  return { code: "needs_this_machine", message: `${goesOut} ${more}`, next };
}

/** The post stays scheduled: the next command arms it. */
const notArmed = ({ code, message, cause }: PsnError) =>
  new PsnError(code, `The post is scheduled, and its alarm could not be set: ${message}`, {
    next: "psn status",
    cause,
  });

/** The post stays armed: the next command that can start a worker does. */
function nobodySends({ code, message, next, cause }: PsnError): PsnError {
  const mends = next === undefined ? {} : { next };
  return new PsnError(code, `The post is scheduled, and the worker that sends it can't be started: ${message}`, {
    ...mends,
    cause,
  });
}
