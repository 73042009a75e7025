import { existsSync, readFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { systemCode } from "../files/errors.ts";

/** What a running Postgres writes into `postmaster.pid` of its data folder. */
export interface PostmasterFile {
  readonly pid: number;
  readonly dataDir: string;
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly port: number;
  readonly socketDir: string;
  readonly status: "starting" | "ready" | "stopping";
}

/** The data folder's `postmaster.pid`; undefined when there is none or it is only begun. */
export function readPostmasterFile(dataDir: string): PostmasterFile | undefined {
  let text: string;
  try {
    text = readFileSync(join(dataDir, "postmaster.pid"), "utf8");
  } catch {
    // Absent, or in a folder that this user may not enter: nothing is known either way.
    return undefined;
  }
  // The lines are pid, data folder, start time, port, socket folder, TCP address, shared memory, status.
  const [pid, dir, startedAt, port, socketDir, , , status] = text.split("\n");
  const number = Number(pid);
  if (!Number.isSafeInteger(number) || number <= 1 || dir === undefined) return undefined;
  return {
    pid: number,
    dataDir: dir,
    startedAt: Number(startedAt ?? 0),
    port: Number(port ?? 0),
    socketDir: socketDir ?? "",
    status: statusOf(status?.trim()),
  };
}

function statusOf(word: string | undefined): PostmasterFile["status"] {
  if (word === "ready") return "ready";
  return word === "stopping" ? "stopping" : "starting";
}

/**
 * Whether the file's process is alive and is the server of this very data folder. Pids come round again
 * after a reboot or in a container, a killed server may stay as a zombie, and a copied state folder
 * brings along the file of the original: in each case the pid alone would mislead.
 */
export function isServing(file: PostmasterFile, dataDir: string, commandLine = quickCommandLine): boolean {
  if (file.dataDir !== dataDir || !isAlive(file.pid)) return false;
  const command = commandLine(file.pid);
  // Where only a program could tell, the start time shows at least a pid from before the last boot.
  if (command === undefined) return file.startedAt > Date.now() / 1000 - uptime() - 60;
  return command.includes("postgres -D ") && (!isPlain(command, dataDir) || `${command} `.includes(` ${dataDir} `));
}

/** Whether the command line shows letters as they are: `ps` of macOS rewrites those that are not ASCII. */
function isPlain(command: string, dataDir: string): boolean {
  return hasProc() || !/[^\x20-\x7e]/.test(command + dataDir);
}

/** Whether a process with this pid exists, whoever owns it and even as a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}

/**
 * A process's command line, its words joined by spaces; "" for a zombie and for one that is gone.
 * Asks the program `ps` where the system has no /proc.
 */
export function fullCommandLine(pid: number): string {
  const quick = quickCommandLine(pid);
  if (quick !== undefined) return quick;
  return Bun.spawnSync(["ps", "-ww", "-o", "command=", "-p", String(pid)])
    .stdout.toString()
    .trim();
}

/** As `fullCommandLine`, but undefined where a program would have to be asked. */
function quickCommandLine(pid: number): string | undefined {
  if (!hasProc()) return undefined;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trimEnd();
  } catch {
    // It ended meanwhile, or /proc hides the processes of other users: none of ours in either case.
    return "";
  }
}

function hasProc(): boolean {
  return existsSync("/proc/self/cmdline");
}
