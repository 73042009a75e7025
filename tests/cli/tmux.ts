import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { until } from "../../bench/support/stage.ts";
import { fullCommandLine } from "../../src/embedded/postmaster.ts";
import { PROJECT } from "../support/run-psn.ts";

/** Whether there is a terminal to test in. */
export const HAS_TMUX = hasTmux();

function hasTmux(): boolean {
  if (Bun.which("tmux") !== null) return true;
  console.log("tests in a terminal are skipped: tmux is not installed");
  return false;
}

const PROMPT = /^\$ *$/m;
const ONLY_PROMPT = /^\$\s*$/;

/** A real terminal with a shell in it, and psn as a command of that shell. */
export class Terminal {
  readonly #socket = `psn-${randomUUID()}`;

  #gone = false;

  private constructor() {}

  static async open(env: Readonly<Record<string, string>>, cwd: string): Promise<Terminal> {
    const terminal = new Terminal();
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    await terminal.#tmux([
      "new-session",
      "-d",
      "-x",
      "150",
      "-y",
      "50",
      "-c",
      cwd,
      "env",
      "-i",
      ...variables,
      "TERM=screen-256color",
      "PS1=$ ",
      "/bin/sh",
    ]);
    const bun = `${process.execPath} --no-env-file ${join(PROJECT, "src/cli")}`;
    await terminal.until(PROMPT);
    await terminal.type(`psn() { ${bun}/post.ts "$@"; }; setup() { ${bun}/setup.ts "$@"; }`);
    return terminal;
  }

  /** Types a line and Enter. */
  async type(line: string): Promise<void> {
    await this.#tmux(["send-keys", "-l", line]);
    await this.#tmux(["send-keys", "Enter"]);
  }

  /** Presses keys as tmux calls them: "C-c", "C-d". */
  async press(key: string): Promise<void> {
    await this.#tmux(["send-keys", key]);
  }

  /** Runs a line and gives what is on the screen when it has ended, with its exit code; colours included. */
  async run(line: string): Promise<{ screen: string; exit: number }> {
    await this.begin(line);
    return this.ended();
  }

  async begin(line: string): Promise<void> {
    await this.type("clear");
    await this.until(ONLY_PROMPT);
    await this.type(`${line}; echo "ended with $?."`);
  }

  async ended(): Promise<{ screen: string; exit: number }> {
    const screen = await this.until(/^ended with \d+\.$/m);
    return { screen, exit: Number(/^ended with (\d+)\.$/m.exec(screen)?.[1]) };
  }

  /** The screen, as soon as it fits. */
  async until(fits: RegExp, timeoutMs = 15_000): Promise<string> {
    const giveUpAt = Date.now() + timeoutMs;
    for (;;) {
      const screen = await this.#tmux(["capture-pane", "-p", "-J"]);
      if (fits.test(screen)) return screen.trimEnd();
      if (Date.now() > giveUpAt) throw new Error(`the screen did not come to show ${fits}:\n${screen}`);
      await Bun.sleep(30);
    }
  }

  /**
   * Closes the terminal with whatever runs in it, as a window is closed; resolves when nothing of that lives any more.
   * `meanwhile` is called when it is closed.
   */
  async hangUp(meanwhile: () => Promise<unknown> = async () => undefined): Promise<void> {
    const tty = (await this.#tmux(["display-message", "-p", "#{pane_tty}"])).trim();
    const inIt = Bun.spawnSync(["ps", "-t", tty, "-o", "pid="]).stdout.toString().split("\n");
    const pids = inIt.map(Number).filter((pid) => pid > 0);
    if (pids.length < 2) throw new Error("nothing runs in the terminal");
    await this.#tmux(["kill-pane"]);
    this.#gone = true;
    await meanwhile();
    await until("all that ran in the terminal is over", () => pids.every((pid) => fullCommandLine(pid) === ""));
  }

  /** The screen with its colours as escape sequences. */
  colours(): Promise<string> {
    return this.#tmux(["capture-pane", "-p", "-e"]);
  }

  async close(): Promise<void> {
    // The server ends with its last terminal.
    if (!this.#gone) await this.#tmux(["kill-server"]);
  }

  async #tmux(args: readonly string[]): Promise<string> {
    const child = Bun.spawn(["tmux", "-L", this.#socket, "-f", "/dev/null", ...args], {
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr, exit] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (exit !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
    return stdout;
  }
}
