import { fileURLToPath } from "node:url";
import { type Line, routeOf, wordsOf } from "./line.ts";
import type { Given } from "./psn-many.ts";
import { type RanOf, type RunOptions, ranOf, type Said } from "./run-psn.ts";

const PROGRAM = fileURLToPath(new URL("psn-many.ts", import.meta.url));
/** What a process reads once, when it begins: a command line with another of these needs another process. */
const READ_ONCE = ["TZ", "LANG", "TERM", "COLORTERM", "FORCE_COLOR", "NO_COLOR"];

/**
 * Runs command lines of psn in processes that stay, one after the other. Whoever comes next gets them after `close`,
 * warm; they end with the process of the tests.
 */
export class CommandLines {
  readonly #processes = new Map<string, Process>();

  /** As `runPsn`. Rejects when the line ends its process. */
  async run<const L extends Line>(line: L, { env, cwd, stdin = "", json }: RunOptions): Promise<RanOf<L>> {
    const kind = JSON.stringify(READ_ONCE.map((name) => env[name]));
    const process = this.#processes.get(kind) ?? Process.take(kind, env);
    this.#processes.set(kind, process);
    const route = routeOf(wordsOf(line, json));
    return ranOf(line, await process.run({ ...route, env, cwd, stdin: Buffer.from(stdin).toString("base64") }));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#processes].map(([kind, process]) => process.giveBack(kind)));
    this.#processes.clear();
  }
}

class Process {
  static readonly #free = new Map<string, Process[]>();
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #answers: AsyncGenerator<string, undefined>;
  readonly #stderr: Promise<unknown>;
  #aside = "";
  #last: Promise<unknown> = Promise.resolve();

  /** A free one, or a new one. `kind` tells what it has read once. */
  static take(kind: string, env: Readonly<Record<string, string>>): Process {
    return Process.#free.get(kind)?.pop() ?? new Process(env);
  }

  private constructor(env: Readonly<Record<string, string>>) {
    this.#child = Bun.spawn([process.execPath, "--no-env-file", PROGRAM], {
      env,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#child.unref();
    this.#answers = linesOf(this.#child.stdout);
    this.#stderr = this.#listen();
  }

  async #listen(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) this.#aside += text;
  }

  run(given: Given): Promise<Said> {
    const said = this.#last.then(() => this.#runNow(given));
    this.#last = said.catch(() => undefined);
    return said;
  }

  async #runNow(given: Given): Promise<Said> {
    this.#child.stdin.write(`${JSON.stringify(given)}\n`);
    await this.#child.stdin.flush();
    const { value } = await this.#answers.next();
    if (value !== undefined) return JSON.parse(value);
    await this.#stderr;
    throw new Error(`psn ${given.args.join(" ")} ends its process: ${this.#aside}`);
  }

  /**
   * For the next one to take, unless it has ended. Throws for what a command line has written past the console, as far
   * as it has come: a process of its own would have shown it.
   */
  async giveBack(kind: string): Promise<void> {
    await this.#last;
    if (this.#aside !== "") throw new Error(`written past the console: ${this.#aside}`);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const free = Process.#free.get(kind) ?? [];
    Process.#free.set(kind, [...free, this]);
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, undefined> {
  let read = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    read += text;
    for (let end = read.indexOf("\n"); end >= 0; end = read.indexOf("\n")) {
      yield read.slice(0, end);
      read = read.slice(end + 1);
    }
  }
  if (read !== "") yield read;
  return undefined;
}
