#!/usr/bin/env node
// The `psn` that npm puts on the PATH: runs psn's command lines with the Bun that npm installed with it.
import { spawn } from "node:child_process";
import { realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const cli = fileURLToPath(new URL("../src/cli/", import.meta.url));

/** The command line that serves these arguments, and what is left for it. */
function route(args) {
  const [first, ...rest] = args;
  if (first === "setup" || first === "worker") return [join(cli, `${first}.ts`), ...rest];
  return [join(cli, "post.ts"), ...args];
}

/** A real Bun; undefined where there is none. */
function findBun() {
  const usual = packageFile("bun", "bin/bun.exe");
  return isProgram(usual) ? usual : platformBuns().find(isProgram);
}

/**
 * Where install scripts are blocked, `bun/bin/bun.exe` is a note of a few hundred bytes, and the program
 * still lies in the package of its platform.
 */
function platformBuns() {
  const cpu = process.arch === "arm64" ? "aarch64" : process.arch;
  const name = `@oven/bun-${process.platform}-${cpu}`;
  const plain = packageFile(name, "bin/bun");
  const musl = packageFile(`${name}-musl`, "bin/bun");
  // Only glibc names its version in the report.
  const isMusl = process.platform === "linux" && process.report?.getReport().header.glibcVersionRuntime === undefined;
  return isMusl ? [musl, plain] : [plain, musl];
}

function packageFile(name, file) {
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), file);
  } catch {
    return undefined; // Not installed: the next candidate is looked at.
  }
}

function isProgram(path) {
  const stats = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size > 1_000_000 && (stats.mode & 0o111) !== 0;
}

const bun = findBun();
if (bun === undefined) {
  console.error("psn needs Bun, which npm installs beside it, and found none. Next: npm ci");
  process.exit(3);
}

// Before the command starts, so that no signal ends this process and leaves the command behind.
// A terminal sends Ctrl-C to both; without one, the signal came to this process alone.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
for (const signal of ["SIGTERM", "SIGHUP", "SIGQUIT"]) process.on(signal, () => child.kill(signal));

// No .env and no bunfig.toml of the folder that psn is called in: they are another program's.
const options = ["--no-env-file", "--config=/dev/null"];
const child = spawn(realpathSync(bun), [...options, ...route(process.argv.slice(2))], { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`psn can't start Bun (${bun}): ${error.message}. Next: npm ci`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
});
