import { rmSync } from "node:fs";
import { join } from "node:path";
import { stillBusy, unreachableFor } from "./failures.ts";
import { assertServable, initialise, removeLeftovers } from "./initialise.ts";
import { launch, START_TIMEOUT } from "./launch.ts";
import { findPlace, lookAt, makePlace, type Place } from "./place.ts";
import { fullCommandLine, isAlive, isServing, type PostmasterFile, readPostmasterFile } from "./postmaster.ts";
import { findPackage, type Programs, usablePrograms } from "./programs.ts";
import { canEnter, firstClosedFolder, ownUserName, type ServerUser, serverUserFor } from "./server-user.ts";
import { DATABASE, PORT, SUPERUSER, writeSettings } from "./settings.ts";
import { hasSafeSocket, makeSocketFolder } from "./socket-folder.ts";
import { hasEnded, stopServer } from "./stop.ts";

export interface StartOptions {
  readonly stateDir: string;
  readonly onProgress: (message: string) => void;
  /** The `native/` folder of a PostgreSQL package; the installed one when absent. */
  readonly packageDir?: string;
}

export interface Started {
  readonly place: Place;
  readonly file: PostmasterFile;
  /** False when a server that somebody else had started was found. */
  readonly startedHere: boolean;
}

/** Makes what is missing and starts the server, or finds it running. Call under the state folder's lock. */
export async function startUnderLock(options: StartOptions): Promise<Started> {
  const found = findPlace(options.stateDir);
  const running = found === undefined ? undefined : await settle(found.dataDir);
  if (found !== undefined && running !== undefined) return { place: found, file: running, startedHere: false };

  const systemUser = ownUserName();
  const user = serverUserFor(found?.dataDir);
  const place = found ?? makePlace(options.stateDir, (folder) => canEnter(user, folder));
  const closed = firstClosedFolder(user, place.home);
  if (closed !== undefined) throw unreachableFor(`user ${user.uid}`, closed);
  removeLeftovers(place.home);
  const programs = await usablePrograms(findPackage(options.packageDir), user, place.home, options.onProgress);
  if (lookAt(place.dataDir) === undefined) await create(place, programs, user, options.onProgress);
  assertServable(place.dataDir, programs);
  options.onProgress("Starting the database");
  const file = await start({ place, programs, user, systemUser });
  return { place, file, startedHere: true };
}

async function create(
  place: Place,
  programs: Programs,
  user: ServerUser,
  onProgress: (message: string) => void,
): Promise<void> {
  onProgress("Making the database (once)");
  await initialise({ programs, user, home: place.home, superuser: SUPERUSER, database: DATABASE, durable: true });
}

async function start(parts: {
  place: Place;
  programs: Programs;
  user: ServerUser;
  systemUser: string;
}): Promise<PostmasterFile> {
  const { place, programs, user } = parts;
  await stopMoved(place.dataDir);
  dropForeignPid(place.dataDir);
  const socketDir = makeSocketFolder(place.home, user);
  const configFile = writeSettings(place.home, { socketDir, port: PORT, systemUsers: [parts.systemUser] });
  const logFile = join(place.stateDir, "postgres.log");
  return await launch({ programs, user, dataDir: place.dataDir, configFile, logFile });
}

/**
 * Waits for a server that another process has begun to start or to stop, and returns it once it is ready:
 * undefined when none runs (any more). One whose socket is lost can't be reached, so it is stopped.
 */
async function settle(dataDir: string): Promise<PostmasterFile | undefined> {
  const deadline = performance.now() + START_TIMEOUT;
  for (;;) {
    const file = readPostmasterFile(dataDir);
    if (file === undefined || !isServing(file, dataDir, fullCommandLine)) return undefined;
    if (file.status === "stopping") {
      if (!(await hasEnded(file, dataDir, START_TIMEOUT))) throw stillBusy("stopping", file.pid, START_TIMEOUT / 1000);
      return undefined;
    }
    if (file.status === "ready") {
      if (hasSafeSocket(file.socketDir, lookAt(dataDir)?.uid ?? -1)) return file;
      await stopServer(file, dataDir);
      return undefined;
    }
    if (performance.now() > deadline) throw stillBusy("starting", file.pid, START_TIMEOUT / 1000);
    await Bun.sleep(10);
  }
}

/** Stops a server that still runs on data whose folder was moved here meanwhile: its socket moved with them. */
async function stopMoved(dataDir: string): Promise<void> {
  const file = readPostmasterFile(dataDir);
  if (file === undefined || file.dataDir === dataDir || lookAt(file.dataDir) !== undefined) return;
  await stopServer(file, file.dataDir);
}

/**
 * Removes a `postmaster.pid` whose pid another program has by now: the server would take that one for
 * its double and refuse to start. What still uses the data's shared memory stops it all the same.
 */
function dropForeignPid(dataDir: string): void {
  const file = readPostmasterFile(dataDir);
  if (file === undefined || !isAlive(file.pid)) return;
  const command = fullCommandLine(file.pid);
  // An empty command line is a zombie: dead, though its pid is not free yet.
  if (file.dataDir === dataDir && command.includes("postgres")) return;
  rmSync(join(dataDir, "postmaster.pid"), { force: true });
}
