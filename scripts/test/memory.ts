import { randomUUID } from "node:crypto";
import { existsSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { freemem } from "node:os";
import { join } from "node:path";

/** Linux keeps what lies in it in memory. */
const FOLDER = "/dev/shm";
/** Much more than all tests need at a time. */
const ROOM_BYTES = 4 * 1024 ** 3;

/**
 * A folder that is in memory, or undefined where there is none, too little room, or no program may run in it. Each
 * database of the tests is three hundred files, which a disk takes a tenth of a second of processor time for.
 */
export function memoryFolder(): string | undefined {
  if (!existsSync(FOLDER)) return undefined;
  const { bavail, bsize } = statfsSync(FOLDER);
  return bavail * bsize >= ROOM_BYTES && freemem() >= 2 * ROOM_BYTES && canRun(FOLDER) ? FOLDER : undefined;
}

/** Containers often forbid it. */
function canRun(folder: string): boolean {
  const program = join(folder, `psn-${randomUUID()}`);
  try {
    writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
    return Bun.spawnSync([program]).success;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  } finally {
    rmSync(program, { force: true });
  }
}
