import { spawn } from "node:child_process";
import { mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readEnvironment } from "../../config/environment.ts";
import type { Config } from "../../config/load.ts";
import { SETTING_NAMES } from "../../config/settings.ts";
import type { Warning } from "../../core/post/warnings.ts";
import type { Orm } from "../../db/connection.ts";
import { runningWorker } from "../../db/worker.ts";
import type { Cli } from "./cli.ts";

const WORKER = fileURLToPath(new URL("../worker.ts", import.meta.url));
const LOG_BYTES = 5 * 1024 * 1024;

export const workerLog = (config: Config): string => join(config.stateDir, "worker.log");

/**
 * Starts the local worker unless one lives. Of several that are started at once, the one that gets the
 * database's lock stays; so asking first only saves a process.
 */
export async function ensureWorker(config: Config, orm: Orm): Promise<void> {
  if ((await runningWorker(orm)) === undefined) spawnWorker(config);
}

/** A process of its own session that outlives this one and its terminal, and holds none of its pipes. */
function spawnWorker(config: Config): void {
  mkdirSync(config.stateDir, { recursive: true, mode: 0o700 });
  const log = openSync(rotated(workerLog(config)), "a", 0o600);
  const child = spawn(process.execPath, ["--no-env-file", WORKER, "run"], {
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

function rotated(path: string): string {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) renameSync(path, `${path}.1`);
  return path;
}

/** Sees to a worker after a post was armed, and says what the local engine can't do. */
export async function ensureWorkerAfterArming(cli: Cli): Promise<Warning[]> {
  if (cli.config.engine !== "local") return [];
  const { database } = await cli.session();
  await ensureWorker(cli.config, database.orm);
  return [
    {
      code: "needs_this_machine",
      message: "It goes out from this machine: leave it on and awake at that time.",
    },
  ];
}
