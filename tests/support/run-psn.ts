import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** What one run of psn left on the outside. */
export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The envelope of `--json`. */
  readonly json: Envelope;
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever JSON psn prints, and fails where it is not so
export type Envelope = { ok: boolean; command: string; data: any; error: any };

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdin?: string | Uint8Array;
  /** The user that the process runs as. */
  readonly uid?: number;
  readonly gid?: number;
}

/** Runs `psn setup …`, `psn worker …` or `psn …` as a process of its own, without a terminal. */
export async function runPsn(line: string | readonly string[], { stdin, ...options }: RunOptions): Promise<Ran> {
  const child = Bun.spawn(commandOf(line), {
    ...options,
    stdin: stdin === undefined ? "ignore" : new Blob([stdin]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return ranOf({ stdout, stderr, exit });
}

export const wordsOf = (line: string | readonly string[]): readonly string[] =>
  typeof line === "string" ? line.split(" ") : line;

/** Which of the three command lines it is, and what is left for it. */
export function routeOf(words: readonly string[]): { program: "post" | "setup" | "worker"; args: readonly string[] } {
  const [first, ...rest] = words;
  return first === "setup" || first === "worker" ? { program: first, args: rest } : { program: "post", args: words };
}

/** What a process of its own is started with. */
export function commandOf(line: string | readonly string[]): string[] {
  const { program, args } = routeOf(wordsOf(line));
  return [process.execPath, "--no-env-file", join(PROJECT, `src/cli/${program}.ts`), ...args];
}

export function ranOf(said: Omit<Ran, "json">): Ran {
  const json = said.stdout.startsWith("{") ? JSON.parse(said.stdout) : { ok: false, command: "", data: {}, error: {} };
  return { ...said, json };
}
