import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { syncFolder } from "../files/atomic.ts";
import { dataFromOtherVersion, noDatabaseIn, programsNotRunnable, rootOnly, startFailed } from "./failures.ts";
import type { Programs } from "./programs.ts";
import type { ServerUser } from "./server-user.ts";

export interface NewData {
  readonly programs: Programs;
  readonly user: ServerUser;
  /** `data/` is made in here. */
  readonly home: string;
  readonly superuser: string;
  readonly database: string;
  /** Flushes the new files to the disk before they count. */
  readonly durable: boolean;
  /** A file that holds the superuser's password, readable by the server's user. */
  readonly passwordFile?: string;
}

/**
 * Makes `<home>/data`, with the database in it. All is done in a folder of another name, so that whoever
 * dies on the way leaves nothing that looks finished. Call under the state folder's lock.
 * Throws PsnError `database_start_failed` or `disk_full`.
 */
export async function initialise(options: NewData): Promise<void> {
  const { home, user } = options;
  // A name of its own for each attempt: a killed starter's initdb may still be writing into the last one.
  const fresh = join(home, `data.new-${process.pid}-${Math.random().toString(36).slice(2)}`);
  giveFolder(fresh, user);
  try {
    await makeCluster(options, fresh);
    renameSync(fresh, join(home, "data"));
    if (options.durable) syncFolder(home);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
}

async function makeCluster(options: NewData, data: string): Promise<void> {
  const { programs, database, superuser, passwordFile } = options;
  const access = passwordFile === undefined ? ["-A", "peer"] : ["-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  const locale = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const unsynced = ["--no-sync", "--no-instructions", "-c", "scram_iterations=1"];
  await run(options, [programs.initdb, "-D", data, "-U", superuser, ...access, ...locale, ...unsynced]);
  // Without a server, so that there is no moment at which a server runs and the database is missing.
  const alone = [programs.postgres, "--single", "-c", "exit_on_error=on", "-c", "fsync=off", "-D", data, "template1"];
  if (database !== "postgres") await run(options, alone, `CREATE DATABASE ${database};\n`);
  if (options.durable) await run(options, [programs.initdb, "--sync-only", "-D", data]);
}

/** Throws unless `dataDir` holds a database that these programs can serve. */
export function assertServable(dataDir: string, programs: Programs): void {
  const file = join(dataDir, "PG_VERSION");
  if (!existsSync(file)) throw noDatabaseIn(dataDir);
  const found = Number.parseInt(readFileSync(file, "utf8"), 10);
  if (found !== programs.major) throw dataFromOtherVersion(found, programs.major, dataDir);
}

/** Makes a folder that only the server's user may enter. */
export function giveFolder(folder: string, user: ServerUser): void {
  mkdirSync(folder, { mode: 0o700 });
  chmodSync(folder, 0o700);
  if (user.uid === undefined || user.gid === undefined) return;
  try {
    chownSync(folder, user.uid, user.gid);
  } catch (cause) {
    // Root of a container may be no root at all: without the right to change owners, or without other users.
    rmSync(folder, { recursive: true });
    throw rootOnly(user.uid, cause);
  }
}

/** What the server and its helpers see of the environment: nothing of psn's user. */
export const SERVER_ENVIRONMENT = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" } as const;

async function run({ user, home }: NewData, command: string[], input = ""): Promise<void> {
  const child = spawnHelper(command, user, input);
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw startFailed("can't be made", `${output}\n${errors}`, home);
}

function spawnHelper(command: string[], user: ServerUser, input: string) {
  try {
    return Bun.spawn(command, {
      ...user,
      cwd: "/",
      env: SERVER_ENVIRONMENT,
      stdin: new TextEncoder().encode(input),
      stdout: "pipe",
      stderr: "pipe",
    });
  } catch (cause) {
    throw programsNotRunnable(command[0] ?? "", cause);
  }
}

/** Removes what starters that were killed have left unfinished in `home`. Call under the state folder's lock. */
export function removeLeftovers(home: string): void {
  for (const name of readdirSync(home)) {
    if (!name.startsWith("data.new-") && !name.startsWith("copying-")) continue;
    try {
      rmSync(join(home, name), { recursive: true, force: true });
    } catch {
      // A killed starter's initdb still writes in it; it will fail and clean up, or the next start will.
    }
  }
}
