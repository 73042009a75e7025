import { chmodSync, chownSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PsnError } from "../core/errors.ts";
import { giveFolder, initialise, SERVER_ENVIRONMENT } from "./initialise.ts";
import { launch } from "./launch.ts";
import { findPackage, usablePrograms } from "./programs.ts";
import { canEnter, ownUserName, type ServerUser, serverUserFor } from "./server-user.ts";
import { writeSettings } from "./settings.ts";
import { isShortEnough } from "./socket-folder.ts";

/** A throw-away server, for tests and measurements. */
export interface ScratchServer {
  /** `postgres://…@127.0.0.1:PORT/<database>`, as superuser. */
  url(database: string): string;
  /** The folder of its unix socket, for the process's own user and root. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Ends the server and removes all of it. */
  stop(): Promise<void>;
}

const USER = "postgres";

/**
 * Starts a server in a temporary folder that never syncs: quick, and worth nothing after a crash. Root may
 * start it too. It ends and vanishes with `stop`, and also when this process dies, however it dies.
 */
export async function scratchServer(): Promise<ScratchServer> {
  const user = serverUserFor(undefined);
  const folder = temporaryHome(user);
  const stop = removeAtEnd(folder);
  try {
    const programs = await usablePrograms(findPackage(), user, folder, () => undefined);
    const password = crypto.randomUUID();
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (user.uid !== undefined && user.gid !== undefined) chownSync(passwordFile, user.uid, user.gid);
    const data = { programs, user, home: folder, superuser: USER, database: "postgres", durable: false };
    await initialise({ ...data, passwordFile });
    const socketDir = join(folder, "run");
    giveFolder(socketDir, user);
    const port = await startOnFreePort({
      folder,
      socketDir,
      start: (configFile) =>
        launch({ programs, user, dataDir: join(folder, "data"), configFile, logFile: join(folder, "log") }),
    });
    const url = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
    return { url, host: socketDir, port, user: USER, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Postgres can't be asked for any free port, so one is looked up; should another take it first, the next. */
async function startOnFreePort(options: {
  folder: string;
  socketDir: string;
  start: (configFile: string) => Promise<unknown>;
}): Promise<number> {
  const systemUsers = [ownUserName()];
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const { folder, socketDir } = options;
    const configFile = writeSettings(folder, { socketDir, port, systemUsers, tcp: true, more: CARELESS });
    try {
      await options.start(configFile);
      return port;
    } catch (error) {
      const taken = error instanceof PsnError && /Address already in use/.test(JSON.stringify(error.details));
      if (!taken || attempt === 5) throw error;
    }
  }
}

const CARELESS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: 200,
  max_wal_size: "1GB",
  autovacuum: "off",
};

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

function temporaryHome(user: ServerUser): string {
  const fits = (parent: string) => canEnter(user, parent) && isShortEnough(join(parent, "psn-scratch-123456/run"));
  const parent = [realpathSync(tmpdir()), "/tmp", "/var/tmp"].find(fits) ?? "/tmp";
  const folder = realpathSync(mkdtempSync(join(parent, "psn-scratch-")));
  if (user.uid !== undefined) chmodSync(folder, 0o711);
  return folder;
}

/**
 * Sets a small process beside this one that waits for the end of its input, which comes when this process
 * dies or `stop` is called, and then kills the server and removes the folder.
 */
function removeAtEnd(folder: string): () => Promise<void> {
  const script = `cat >/dev/null
    file="$1/data/postmaster.pid"
    pid=$(head -n 1 "$file" 2>/dev/null)
    if [ -n "$pid" ]; then
      kill -QUIT "$pid"
      tries=0
      while [ -e "$file" ] && kill -0 "$pid" && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
    fi
    rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }`;
  const reaper = Bun.spawn(["/bin/sh", "-c", script, "sh", folder], {
    cwd: "/",
    env: SERVER_ENVIRONMENT,
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
    detached: true,
  });
  reaper.unref();
  return async () => {
    await reaper.stdin.end();
    await reaper.exited;
  };
}
