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
}

/** Runs `psn setup …`, `psn worker …` or `psn …` as a process of its own, without a terminal. */
export async function runPsn(line: string | readonly string[], options: RunOptions): Promise<Ran> {
  const words = typeof line === "string" ? line.split(" ") : line;
  const [first = ""] = words;
  const program = first === "setup" || first === "worker" ? first : "post";
  const args = program === "post" ? words : words.slice(1);
  const child = Bun.spawn([process.execPath, "--no-env-file", join(PROJECT, `src/cli/${program}.ts`), ...args], {
    env: options.env,
    cwd: options.cwd,
    stdin: options.stdin === undefined ? "ignore" : new Blob([options.stdin]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const json: Envelope = stdout.startsWith("{") ? JSON.parse(stdout) : { ok: false, command: "", data: {}, error: {} };
  return { exit, stdout, stderr, json };
}
