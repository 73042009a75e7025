import { fileURLToPath } from "node:url";
import type { Line, Said } from "./psn-many.ts";
import { type Ran, type RunOptions, ranOf, routeOf, wordsOf } from "./run-psn.ts";

const PROGRAM = fileURLToPath(new URL("psn-many.ts", import.meta.url));
/** What a process reads once, when it begins: a command line with another of these needs another process. */
const READ_ONCE = ["TZ", "LANG", "TERM", "COLORTERM", "FORCE_COLOR", "NO_COLOR"];

/** Of one kind: the machine's processors are few, and each of them costs what it saves on its first line. */
const AT_MOST = 2;

/** Runs command lines of psn in processes that stay: each runs one at a time, and a few run at once. */
export class CommandLines {
  readonly #kinds = new Map<string, Processes>();

  /** As `runPsn`. Rejects when the line ends its process. */
  async run(line: string | readonly string[], { env, cwd, stdin = "" }: RunOptions): Promise<Ran> {
    const kind = JSON.stringify(READ_ONCE.map((name) => env[name]));
    const processes = this.#kinds.get(kind) ?? new Processes(env);
    this.#kinds.set(kind, processes);
    const route = routeOf(wordsOf(line));
    return ranOf(await processes.run({ ...route, env, cwd, stdin: Buffer.from(stdin).toString("base64") }));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#kinds.values()].map((processes) => processes.end()));
  }
}

class Processes {
  readonly #env: Readonly<Record<string, string>>;
  readonly #all: Process[] = [];
  readonly #idle: Process[] = [];
  readonly #waiting: ((process: Process) => void)[] = [];

  constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
  }

  async run(line: Line): Promise<Said> {
    const process = await this.#take();
    try {
      return await process.run(line);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(process);
      else next(process);
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map((process) => process.end()));
  }

  #take(): Process | Promise<Process> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#all.length === AT_MOST) return new Promise((resolve) => this.#waiting.push(resolve));
    const started = new Process(this.#env);
    this.#all.push(started);
    return started;
  }
}

class Process {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #answers: AsyncGenerator<string, undefined>;
  readonly #stderr: Promise<string>;

  constructor(env: Readonly<Record<string, string>>) {
    this.#child = Bun.spawn([process.execPath, "--no-env-file", PROGRAM], {
      env,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#answers = linesOf(this.#child.stdout);
    this.#stderr = new Response(this.#child.stderr).text();
  }

  async run(line: Line): Promise<Said> {
    this.#child.stdin.write(`${JSON.stringify(line)}\n`);
    await this.#child.stdin.flush();
    const { value } = await this.#answers.next();
    if (value === undefined) throw new Error(`psn ${line.args.join(" ")} ends its process: ${await this.#stderr}`);
    return JSON.parse(value);
  }

  /** Throws for what a command line has written past the console: a process of its own would have shown it. */
  async end(): Promise<void> {
    await this.#child.stdin.end();
    const { value = "" } = await this.#answers.next();
    const aside = `${value}${await this.#stderr}`;
    if (aside !== "") throw new Error(`written past the console: ${aside}`);
    await this.#child.exited;
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
