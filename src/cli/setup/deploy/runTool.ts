import { spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { cannotWrite, systemCode } from "../../../files/errors.ts";

export interface ToolRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Everything that the tool sees of the surroundings. */
  readonly env: Readonly<Record<string, string>>;
  /** Written anew, 0600. */
  readonly log: string;
  /** Takes out of a line what nobody may read. */
  readonly redact: (line: string) => string;
  /** Gets every line while the tool runs. */
  readonly show: (line: string) => void;
}

export interface ToolEnd {
  /** Null when a signal ended it. */
  readonly exit: number | null;
  /** Whether the person, or the system, asked for the end. */
  readonly stopped: boolean;
  /** What it said, without colours and secrets; of very much only the end. */
  readonly lines: readonly string[];
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** How long a tool that was asked to end may take, in ms. */
const GRACE_MS = 5_000;
/** How long its output may stay open after its end: a program that it left behind may hold it. */
const DRAIN_MS = 2_000;
const KEPT_LINES = 500;

/**
 * Runs a tool to its end, its output into a log. It has a process group of its own, so that Ctrl-C reaches it once, by
 * way of psn, together with all that it started. Throws PsnError `state_unwritable` for the log.
 */
export async function runTool(run: ToolRun): Promise<ToolEnd> {
  const log = openLog(run.log);
  const lines: string[] = [];
  const take = (line: string) => {
    const clean = run.redact(stripVTControlCharacters(line)).trimEnd();
    writeSync(log, `${clean}\n`);
    lines.push(clean);
    if (lines.length > KEPT_LINES) lines.shift();
    run.show(clean);
  };
  try {
    return { ...(await ended(run, take)), lines };
  } finally {
    closeSync(log);
  }
}

function ended(run: ToolRun, take: (line: string) => void): Promise<Omit<ToolEnd, "lines">> {
  return new Promise((resolve, reject) => {
    const child = spawn(run.program, run.args, {
      cwd: run.cwd,
      env: run.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let stopped = false;
    let force: ReturnType<typeof setTimeout> | undefined;
    const tell = (signal: NodeJS.Signals) => signalGroup(child.pid, signal);
    const stop = (signal: NodeJS.Signals) => {
      // Who asks twice does not want to wait.
      tell(stopped ? "SIGKILL" : signal);
      stopped = true;
      force ??= setTimeout(() => tell("SIGKILL"), GRACE_MS);
    };
    for (const signal of SIGNALS) process.on(signal, stop);
    const feeds = [child.stdout, child.stderr].map((stream) => {
      const feed = new Lines(take);
      stream.setEncoding("utf8").on("data", (text: string) => feed.push(text));
      return feed;
    });
    const settle = (act: () => void) => {
      clearTimeout(force);
      for (const signal of SIGNALS) process.off(signal, stop);
      for (const feed of feeds) feed.end();
      act();
    };
    child.once("error", (error) => settle(() => reject(error)));
    child.once("exit", (exit) => {
      const over = () => settle(() => resolve({ exit, stopped }));
      const late = setTimeout(over, DRAIN_MS);
      child.once("close", () => {
        clearTimeout(late);
        over();
      });
    });
  });
}

function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // All of it has ended meanwhile.
    if (systemCode(error) !== "ESRCH") throw error;
  }
}

/** Cuts a stream into lines; a tool that paints over its line ends it with a carriage return. */
class Lines {
  readonly #take: (line: string) => void;
  #rest = "";
  #over = false;

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  push(text: string): void {
    if (this.#over) return;
    const lines = `${this.#rest}${text}`.split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#take(line);
  }

  end(): void {
    if (!this.#over && this.#rest !== "") this.#take(this.#rest);
    this.#over = true;
  }
}

function openLog(path: string): number {
  try {
    return openSync(path, "w", 0o600);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}
