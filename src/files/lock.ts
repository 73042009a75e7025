import { Database } from "bun:sqlite";
import { accessSync, chmodSync, constants, statSync } from "node:fs";
import { cannotWrite, lockBusy, systemCode } from "./errors.ts";

export interface FileLockOptions {
  /**
   * How long to wait for another holder before giving up; 0 tries once.
   * @default 10_000
   */
  readonly timeoutMs?: number;
  /** Called once, when the lock is found taken. */
  readonly onWait?: () => void;
}

/**
 * Runs `fn` while holding an exclusive lock between processes, and between callers in this one. The kernel
 * frees it when the holder dies, however it dies: it is the lock of an empty SQLite file in an exclusive
 * transaction. Children do not inherit it.
 *
 * Nothing else in the process may open `path` while the lock is held: closing any descriptor of a file
 * drops the process's POSIX locks on it.
 *
 * Throws PsnError `state_unwritable` (naming the path), `disk_full`, or `state_busy` after `timeoutMs`;
 * what `fn` throws passes through.
 */
export async function withFileLock<T>(
  path: string,
  fn: () => Promise<T> | T,
  options: FileLockOptions = {},
): Promise<T> {
  const release = await acquire(path, options);
  try {
    return await fn();
  } finally {
    release();
  }
}

async function acquire(path: string, options: FileLockOptions): Promise<() => void> {
  const { timeoutMs = 10_000 } = options;
  const deadline = performance.now() + timeoutMs;
  for (let attempt = 0; ; attempt += 1) {
    const release = tryAcquire(path);
    if (release !== undefined) return release;
    if (attempt === 0) options.onWait?.();
    if (performance.now() >= deadline) throw lockBusy(path, timeoutMs);
    // SQLite's own waiting would block the event loop. Jitter keeps many waiters from trying in step.
    await Bun.sleep(5 + Math.random() * Math.min(45, 5 * attempt));
  }
}

/** The release function, or undefined when another holds the lock. */
function tryAcquire(path: string): (() => void) | undefined {
  let database: Database | undefined;
  try {
    database = new Database(path, { create: true, readwrite: true });
    database.run("PRAGMA busy_timeout = 0");
    // On a file that it may only read, SQLite starts a shared transaction without a word: no lock at all.
    accessSync(path, constants.W_OK);
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    database.run("BEGIN EXCLUSIVE");
    const held = database;
    return () => held.close();
  } catch (error) {
    database?.close();
    const code = systemCode(error);
    // ENOENT: the file was removed between two steps; the next attempt makes it anew, or says why it can't.
    if (code === "SQLITE_BUSY" || code === "ENOENT") return undefined;
    throw cannotWrite(path, error);
  }
}
