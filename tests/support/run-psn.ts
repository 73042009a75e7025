import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Line, routeOf, wordsOf } from "./line.ts";
import { type DataOf, type Envelope, envelopeOf } from "./printed/index.ts";

export const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** What one run of psn left on the outside. */
export interface Said {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Ran<D = unknown> extends Said {
  /** The envelope of `--json`. */
  readonly json: Envelope<D>;
}

/** What a line leaves: with what it prints where the words tell, as `DataOf` has it. */
export type RanOf<L extends Line> = Ran<DataOf<L>>;

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdin?: string | Uint8Array;
  /** With --json, also where the line does not say so. @default false */
  readonly json?: boolean;
  /** The user that the process runs as. */
  readonly uid?: number;
  readonly gid?: number;
}

/** Runs `psn setup …`, `psn worker …` or `psn …` as a process of its own, without a terminal. */
export async function runPsn<const L extends Line>(
  line: L,
  { stdin, json, ...options }: RunOptions,
): Promise<RanOf<L>> {
  const child = Bun.spawn(commandOf(wordsOf(line, json)), {
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
  return ranOf(line, { stdout, stderr, exit });
}

/** What a process of its own is started with. */
export function commandOf(line: Line): string[] {
  const { program, args } = routeOf(wordsOf(line));
  return [process.execPath, "--no-env-file", join(PROJECT, `src/cli/${program}.ts`), ...args];
}

/** Throws when the line has printed an envelope that is not its command's. */
export function ranOf<const L extends Line>(line: L, said: Said): RanOf<L> {
  return { ...said, json: envelopeOf(line, said.stdout) };
}
