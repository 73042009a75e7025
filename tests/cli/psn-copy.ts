import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT as FOLDER, type RanOf, ranOf } from "../support/run-psn.ts";

const MADE_OF = ["src", "drizzle", "package.json", "trigger.config.ts"];

/** A psn of its own, with a script in the place of the Trigger.dev CLI: all else is what is here. */
export class PsnCopy implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "psn-copy-"));

  constructor() {
    const folder = this.#folder;
    const packages = join(folder, "node_modules");
    mkdirSync(join(packages, "trigger.dev"), { recursive: true });
    for (const name of MADE_OF) cpSync(join(FOLDER, name), join(folder, name), { recursive: true });
    for (const name of readdirSync(join(FOLDER, "node_modules"))) {
      if (name !== "trigger.dev") symlinkSync(join(FOLDER, "node_modules", name), join(packages, name));
    }
    const { version } = JSON.parse(readFileSync(join(FOLDER, "node_modules/trigger.dev/package.json"), "utf8"));
    const manifest = { name: "trigger.dev", version, type: "module", bin: { trigger: "./cli.js" } };
    writeFileSync(join(packages, "trigger.dev", "package.json"), JSON.stringify(manifest));
  }

  /** What the CLI does from now on. */
  cli(script: string): void {
    writeFileSync(join(this.#folder, "node_modules/trigger.dev/cli.js"), script);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Runs `psn setup …` of this copy, with --json. */
  async setup<const W extends readonly string[]>(
    words: W,
    env: Readonly<Record<string, string>>,
  ): Promise<RanOf<readonly ["setup", ...W]>> {
    const entry = join(this.#folder, "src/cli/setup.ts");
    const child = Bun.spawn([process.execPath, "--no-env-file", entry, ...words, "--json"], {
      cwd: this.#folder,
      env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr, exit] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return ranOf(["setup", ...words], { exit, stdout, stderr });
  }
}
