import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fullCommandLine } from "../../src/embedded/postmaster.ts";
import { findPackage } from "../../src/embedded/programs.ts";
import { asPlainUser, startProgram, temporaryFolder } from "../files/support.ts";

export const STARTER = fileURLToPath(new URL("starter.ts", import.meta.url));

/** What `starter.ts` answers. */
export interface Answer {
  readonly host: string;
  readonly pid: number;
  readonly startedHere: boolean;
  readonly rows: readonly Record<string, unknown>[];
  readonly error?: { readonly code?: string; readonly message: string; readonly next?: string };
  readonly progress: readonly string[];
}

type Ids = { uid?: number; gid?: number };

/**
 * A folder for the state folders of one test file. `removeAll` kills every server whose data lie in it (or in
 * the other folders given) and removes it; so does the end of this process, however it comes.
 */
export function testGround(others: (folder: string) => readonly string[] = () => []): {
  folder: string;
  removeAll(): Promise<void>;
} {
  const folder = temporaryFolder();
  const script = `cat >/dev/null
    pids=$(find "$@" -name postmaster.pid -exec head -n 1 {} \\; 2>/dev/null)
    for pid in $pids; do kill -QUIT "$pid"; done
    tries=0
    while [ -n "$(find "$@" -name postmaster.pid 2>/dev/null)" ] && [ $tries -lt 60 ]; do
      sleep 0.05
      tries=$((tries + 1))
    done
    find "$@" -type d ! -perm -u+w -exec chmod u+w {} + 2>/dev/null
    rm -rf -- "$@"`;
  const reaper = Bun.spawn(["/bin/sh", "-c", script, "sh", folder, ...others(folder)], {
    cwd: "/",
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
    detached: true,
  });
  return {
    folder,
    removeAll: async () => {
      await reaper.stdin.end();
      await reaper.exited;
      await reaper.exited;
    },
  };
}

/** Makes a folder that belongs to the plain user of the tests. */
export function plainFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  if (asPlainUser.uid !== undefined && asPlainUser.gid !== undefined) chownSync(path, asPlainUser.uid, asPlainUser.gid);
  return path;
}

/** Runs `starter.ts` to its end. `home` is the HOME it sees. */
export async function run(args: readonly string[], ids: Ids = {}, home = "/nonexistent"): Promise<Answer> {
  const child = startProgram(STARTER, args, { ...ids, env: { HOME: home } });
  return parseAnswer(await new Response(child.stdout).text());
}

export function parseAnswer(output: string): Answer {
  const lines = output.trim().split("\n");
  const progress = lines.filter((line) => line.startsWith("… ")).map((line) => line.slice(2));
  return { ...JSON.parse(lines.at(-1) ?? "null"), progress };
}

/** Runs `starter.ts` and kills it with SIGKILL as soon as it says that it does `step`. */
export async function killAt(step: string, args: readonly string[], ids: Ids): Promise<void> {
  const child = startProgram(STARTER, args, ids);
  let said = "";
  for await (const chunk of child.stdout) {
    said += new TextDecoder().decode(chunk);
    if (said.includes(`… ${step}`)) child.kill("SIGKILL");
  }
  await child.exited;
  if (child.signalCode !== "SIGKILL") throw new Error(`it ended before it could be killed: ${said}`);
}

/** The installed PostgreSQL as npm leaves it when it may not run install scripts: without one symlink. */
export function packageWithoutLinks(target: string): string {
  const source = findPackage().folder;
  copyTree(source, target);
  copyFileSync(join(source, "..", "package.json"), join(target, "..", "package.json"));
  return target;
}

function copyTree(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  chmodSync(target, 0o755);
  for (const name of readdirSync(source)) {
    const stats = lstatSync(join(source, name));
    if (stats.isDirectory()) copyTree(join(source, name), join(target, name));
    else if (stats.isFile()) linkOrCopy(join(source, name), join(target, name));
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Another disk, or a system that protects links to files of others: a copy does as well.
    copyFileSync(from, to);
  }
}

/** The postmasters that serve this data folder. */
export function postmastersOf(dataDir: string): number[] {
  const serving = processes().filter(({ command }) => `${command} `.includes(`postgres -D ${dataDir} `));
  // A child that was forked this moment still has its parent's command line.
  return serving.filter(({ parent }) => !serving.some(({ pid }) => pid === parent)).map(({ pid }) => pid);
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function processes(): Process[] {
  return existsSync("/proc/self") ? readdirSync("/proc").flatMap(fromProc) : fromPs();
}

function fromProc(name: string): Process[] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const parent = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1];
    return [{ pid: Number(name), parent: Number(parent), command: fullCommandLine(Number(name)) }];
  } catch {
    // It ended since the folder was listed.
    return [];
  }
}

function fromPs(): Process[] {
  const lines = Bun.spawnSync(["ps", "-ww", "-A", "-o", "pid=,ppid=,command="]).stdout.toString().split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+) (.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
