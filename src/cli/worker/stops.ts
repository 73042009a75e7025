import { appendFileSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { cannotWrite } from "../../files/errors.ts";

/**
 * Each `psn worker stop`, a line with its time. A worker is told at its start how far this file went: when it has grown
 * since, the worker was stopped while it came up. A stop writes before it looks who holds the worker's lock, and a
 * worker reads after it got that lock: one of the two sees the other.
 */
const fileOf = (stateDir: string): string => join(stateDir, "worker.stops");

/** How far the file goes, in bytes. */
export const stopsSoFar = (stateDir: string): number =>
  statSync(fileOf(stateDir), { throwIfNoEntry: false })?.size ?? 0;

/** A state folder that is gone has nobody left who waits for its worker. */
export const wasStoppedSince = (stateDir: string, stops: number): boolean =>
  !existsSync(stateDir) || stopsSoFar(stateDir) !== stops;

/** Throws PsnError `state_unwritable` or `disk_full`. Without a state folder no worker was started. */
export function recordStop(stateDir: string): void {
  if (!existsSync(stateDir)) return;
  try {
    appendFileSync(fileOf(stateDir), `${new Date().toISOString()}\n`, { mode: 0o600 });
  } catch (error) {
    throw cannotWrite(fileOf(stateDir), error);
  }
}
