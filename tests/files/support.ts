import { chmodSync, mkdtempSync, realpathSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A fresh folder that any user of the machine may enter, so that a test can hand it to a plain user. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "psn-test-")));
  chmodSync(folder, 0o755);
  return folder;
}

/** The plain user that tests run a process as when they themselves run as root. */
export const PLAIN_USER = { uid: 65_534, gid: 65_534 } as const;

/** Whether the tests run as root, for which permission bits mean nothing. */
export const IS_ROOT = process.getuid?.() === 0;

/** Spawn options that make a child a plain user: nothing when the tests are run by one. */
export const asPlainUser: { uid?: number; gid?: number } = IS_ROOT ? PLAIN_USER : {};

/** Whether a plain user can run the tests' programs here: root's checkout may lie in a folder closed to others. */
export const PLAIN_USER_CAN_RUN = plainUserCanRun();

function plainUserCanRun(): boolean {
  try {
    const ran = Bun.spawnSync([process.execPath, "--version"], {
      ...asPlainUser,
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const read = Bun.spawnSync(["cat", fileURLToPath(import.meta.url)], {
      ...asPlainUser,
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (ran.exitCode === 0 && read.exitCode === 0) return true;
  } catch (error) {
    // Bun throws where the program can't even be started.
    if (!(error instanceof Error && "code" in error && error.code === "EACCES")) throw error;
  }
  console.log("tests as a plain user are skipped: this checkout is closed to other users");
  return false;
}

/** Runs a program of the tests in a process of its own; what it prints is its answer. */
export function startProgram(
  source: string,
  args: readonly string[],
  options: { uid?: number; gid?: number; env?: Record<string, string>; stderr?: "inherit" | "pipe" } = {},
): Bun.Subprocess<"pipe", "pipe", "inherit" | "pipe"> {
  const { env, stderr, ...ids } = options;
  return Bun.spawn([process.execPath, "--no-env-file", source, ...args], {
    ...ids,
    cwd: "/",
    stdin: "pipe",
    stdout: "pipe",
    stderr: stderr ?? "inherit",
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: "/nonexistent", ...env },
  });
}

/** The next chunk that the program prints, as text; "" when it has ended. */
export async function nextOutput(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return value === undefined ? "" : new TextDecoder().decode(value);
}

/** Whether this machine lets the tests mount a small disk, so that it can be filled. */
export const CAN_MOUNT = canMount();

export interface SmallDisk {
  readonly folder: string;
  resize(size: string): void;
  unmount(): void;
}

/** Mounts a disk of `size` ("64k", "20m") on an empty folder; `unmount` must be called. */
export function mountSmallDisk(folder: string, size: string): SmallDisk {
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${size},mode=755`, "none", folder]);
  if (mounted.exitCode !== 0) throw new Error(mounted.stderr.toString());
  return {
    folder,
    resize: (to) => void Bun.spawnSync(["mount", "-o", `remount,size=${to}`, folder]),
    unmount: () => void Bun.spawnSync(["umount", "-l", folder]),
  };
}

function canMount(): boolean {
  if (process.platform !== "linux" || !IS_ROOT) return noDisk("it needs root on Linux");
  const folder = mkdtempSync(join(tmpdir(), "psn-mount-"));
  try {
    mountSmallDisk(folder, "64k").unmount();
    return true;
  } catch (error) {
    return noDisk(String(error));
  } finally {
    rmdirSync(folder);
  }
}

function noDisk(reason: string): false {
  console.log(`tests of a full disk are skipped: mounting one is not allowed here (${reason.trim()})`);
  return false;
}
