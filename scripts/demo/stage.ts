import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bold, dim } from "../../src/cli/render/style.ts";
import { ROOT_STORE } from "../../src/embedded/place.ts";
import { embeddedStatus, stopEmbedded } from "../../src/embedded/server.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** Where the demo plays: an X on loopback, and a psn with a home, a configuration and a database of its own. */
export interface Stage {
  readonly sandbox: Sandbox;
  /** Runs a psn command as its user would see it, and returns what it printed. */
  show(line: string, options?: { stdin?: string; as?: string }): Promise<string>;
  /** Runs a psn command on the side and returns the data of its envelope. */
  ask(line: string): Promise<Record<string, unknown>>;
  clear(): Promise<void>;
}

export async function setStage(): Promise<Stage> {
  const folder = join(PROJECT, ".psn");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const home = mkdtempSync(join(folder, "demo-"));
  const stateDir = join(home, "state");
  const sandbox = await startSandbox({ accounts: [{ handle: "ada_writes", name: "Ada" }] });
  const env = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    LANG: "C.UTF-8",
    TERM: process.env["TERM"] ?? "dumb",
    ...(process.env["NO_COLOR"] === undefined ? {} : { NO_COLOR: "1" }),
    ...(Bun.enableANSIColors ? { FORCE_COLOR: "1" } : {}),
    PSN_STATE_DIR: stateDir,
    PSN_CONFIG_DIR: join(home, "config"),
    X_CLIENT_ID: "sandbox-client",
    X_CLIENT_SECRET: "sandbox-secret",
    X_API_URL: sandbox.apiUrl,
    X_AUTHORIZE_URL: sandbox.authorizeUrl,
  };

  async function run(line: string, stdin?: string): Promise<{ out: string; exit: number }> {
    const words = line.split(" ").map((word) => word.replaceAll("␣", " "));
    const program = words[0] === "setup" || words[0] === "worker" ? words.shift() : "post";
    const child = Bun.spawn([process.execPath, "--no-env-file", join(PROJECT, `src/cli/${program}.ts`), ...words], {
      cwd: PROJECT,
      env,
      stdin: stdin === undefined ? "ignore" : new Blob([stdin]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err, exit] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (exit !== 0) throw new Error(`psn ${line} ended with ${exit}:\n${out}${err}`);
    return { out: out.trimEnd(), exit };
  }

  return {
    sandbox,
    async show(line, options = {}) {
      console.log(`\n${dim("$")} ${bold(options.as ?? `psn ${line.replaceAll("␣", " ")}`)}`);
      const { out } = await run(line, options.stdin);
      console.log(out.replace(/^/gm, "  "));
      return out;
    },
    async ask(line) {
      const { out } = await run(`${line} --json`);
      return JSON.parse(out).data;
    },
    async clear() {
      await run("worker stop").catch(() => undefined);
      const status = embeddedStatus(stateDir);
      await stopEmbedded(stateDir);
      await sandbox.stop();
      // As root the data lie outside the state folder, where Postgres' own user can reach them.
      if (status.state !== "absent" && status.dataDir.startsWith(`${ROOT_STORE}/`)) {
        rmSync(dirname(status.dataDir), { recursive: true, force: true });
      }
      rmSync(home, { recursive: true, force: true });
      if (existsSync(home)) throw new Error(`could not clean up ${home}`);
    },
  };
}
