import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PsnError } from "../core/errors.ts";
import { cannotWrite, systemCode } from "../files/errors.ts";
import { findPlace, lookAt, openStateFolder, type Place } from "./place.ts";
import { isServing, type PostmasterFile, readPostmasterFile } from "./postmaster.ts";
import { DATABASE, SUPERUSER } from "./settings.ts";
import { hasSafeSocket } from "./socket-folder.ts";

/** A server that takes connections, or did a moment ago. `postgres({host, port, user, database})` reaches it. */
export interface EmbeddedServer {
  /** The folder of its unix socket. Both `postgres` (postgres.js) and `pg` take it as `host`. */
  readonly host: string;
  readonly port: number;
  /** Of its process. */
  readonly pid: number;
  readonly user: string;
  readonly database: string;
  /** For `pg` and `psql`. postgres.js can't be told of a socket in a URL: give it the four fields above. */
  readonly connectionString: string;
  /** False when the server was running already. */
  readonly startedHere: boolean;
  /** As `stopEmbedded`. */
  stop(): Promise<void>;
}

export interface StartEmbeddedOptions {
  readonly stateDir: string;
  /** Told, in a few words each, what takes time. */
  readonly onProgress?: (message: string) => void;
  /** The `native/` folder of a PostgreSQL package; the installed one when absent. */
  readonly packageDir?: string;
}

/** How long to wait for another process that starts or stops the server, in ms. */
const LOCK_TIMEOUT = 180_000;

/**
 * Starts the one server of a state folder, or finds it running: however many processes call this at once,
 * there is one server. It outlives the caller. When it is up already this takes a few system calls and
 * connects to nothing: a caller whose connection then fails with `isServerAway` calls again, once.
 *
 * Throws PsnError `state_unwritable`, `state_busy`, `disk_full`, `database_newer` or `database_start_failed`.
 */
export async function startEmbedded(options: StartEmbeddedOptions): Promise<EmbeddedServer> {
  const { stateDir, onProgress = () => undefined } = options;
  const running = findRunning(stateDir);
  if (running !== undefined) return describe(running, stateDir, false);
  return await underLock(stateDir, onProgress, async () => {
    const { startUnderLock } = await import("./start.ts");
    const { file, startedHere } = await startUnderLock({ ...options, onProgress });
    return describe(file, stateDir, startedHere);
  });
}

/**
 * Stops the server of a state folder, if it runs, and returns when it is gone. Committed data are kept. With `pid` it
 * stops that very server: one that was started in its place since is somebody else's.
 */
export async function stopEmbedded(stateDir: string, pid?: number): Promise<void> {
  if (findPlace(stateDir) === undefined) return;
  await underLock(
    stateDir,
    () => undefined,
    async () => {
      const place = findPlace(stateDir);
      if (place !== undefined) await stopIn(place, pid);
    },
  );
}

async function stopIn({ dataDir }: Place, pid?: number): Promise<void> {
  const file = readPostmasterFile(dataDir);
  if (file === undefined || (pid ?? file.pid) !== file.pid) return;
  const { stopServer } = await import("./stop.ts");
  await stopServer(file, dataDir);
}

/**
 * Stops the server of a state folder and deletes its database, for good, wherever the data lie: root's may lie
 * outside the state folder, so that deleting that folder alone leaves them behind.
 */
export async function removeEmbedded(stateDir: string): Promise<void> {
  if (findPlace(stateDir) === undefined) return;
  await underLock(
    stateDir,
    () => undefined,
    async () => {
      const place = findPlace(stateDir);
      if (place === undefined) return;
      await stopIn(place);
      rmSync(place.home, { recursive: true, force: true });
    },
  );
}

export type EmbeddedStatus =
  | { readonly state: "absent" }
  | { readonly state: "stopped"; readonly dataDir: string; readonly version: string }
  | {
      readonly state: "starting" | "running" | "stopping";
      readonly dataDir: string;
      /** PostgreSQL's major version, such as "18". */
      readonly version: string;
      readonly pid: number;
      readonly startedAt: Date;
    };

/** What is there of a state folder's server. Starts, makes and changes nothing. */
export function embeddedStatus(stateDir: string): EmbeddedStatus {
  const place = findPlace(stateDir);
  if (place === undefined || lookAt(place.dataDir) === undefined) return { state: "absent" };
  const { dataDir } = place;
  const version = readVersion(dataDir);
  const file = readPostmasterFile(dataDir);
  if (file === undefined || !isServing(file, dataDir)) return { state: "stopped", dataDir, version };
  const state = file.status === "ready" ? "running" : file.status;
  return { state, dataDir, version, pid: file.pid, startedAt: new Date(file.startedAt * 1000) };
}

function findRunning(stateDir: string): PostmasterFile | undefined {
  const place: Place | undefined = findPlace(stateDir);
  const file = place === undefined ? undefined : readPostmasterFile(place.dataDir);
  if (place === undefined || file === undefined || file.status !== "ready") return undefined;
  const owner = lookAt(place.dataDir)?.uid ?? -1;
  return isServing(file, place.dataDir) && hasSafeSocket(file.socketDir, owner) ? file : undefined;
}

async function underLock<T>(stateDir: string, onProgress: (message: string) => void, fn: () => Promise<T>): Promise<T> {
  const { withFileLock } = await import("../files/lock.ts");
  const lock = join(openStateFolder(stateDir), "postgres.lock");
  const onWait = () => onProgress("Waiting for another psn that is starting or stopping the database");
  try {
    return await withFileLock(lock, fn, { timeoutMs: LOCK_TIMEOUT, onWait });
  } catch (error) {
    // A folder that can't be written, or a full disk, may turn up at any step.
    if (error instanceof PsnError || systemCode(error) === undefined) throw error;
    const path = error instanceof Error && "path" in error ? String(error.path) : stateDir;
    throw cannotWrite(path, error);
  }
}

function describe(file: PostmasterFile, stateDir: string, startedHere: boolean): EmbeddedServer {
  const { socketDir: host, port, pid } = file;
  const where = `host=${encodeURIComponent(host)}&port=${port}`;
  return {
    host,
    port,
    pid,
    user: SUPERUSER,
    database: DATABASE,
    connectionString: `postgresql://${SUPERUSER}@/${DATABASE}?${where}`,
    startedHere,
    stop: () => stopEmbedded(stateDir),
  };
}

function readVersion(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, "PG_VERSION"), "utf8").trim();
  } catch (error) {
    throw cannotWrite(dataDir, error);
  }
}
