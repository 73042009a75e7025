/**
 * `npm run build`, which `npm ci` runs too: makes the build that psn's command lines start from (src/cli/load.ts).
 * Each lies in a folder named after its content, so that a process that runs keeps its own while another is made.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Build, noteOfBuild } from "../src/cli/load.ts";
import { isAlive } from "../src/embedded/postmaster.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(PROJECT, "dist");
/** What few commands need, in files of their own: loading takes its time by the size of the file. */
const APART = new Map([
  ["pg-boss", "pg-boss.js"],
  ["@trigger.dev/sdk", "trigger-sdk.js"],
]);
/** A worker may run for weeks from the one that it was started with. */
const KEPT = 3;

// What is built names its modules by their paths from here.
process.chdir(PROJECT);
const begun = Date.now();
const making = join(DIST, `.making-${process.pid}`);
try {
  const outputs = [await build(join(PROJECT, "src/cli/run.ts"), "run.js", { syntax: true })];
  for (const [name, file] of APART)
    outputs.push(await build(Bun.resolveSync(name, PROJECT), file, { syntax: true, whitespace: true }));
  const hash = createHash("sha256").update(Bun.revision);
  for (const output of outputs.toSorted((a, b) => a.path.localeCompare(b.path)))
    hash.update(new Uint8Array(await output.arrayBuffer()));
  const folder = hash.digest("hex").slice(0, 12);
  place(making, join(DIST, folder));
  note({ folder, begun });
  for (const old of [...builds().slice(KEPT), ...leftovers()])
    rmSync(join(DIST, old), { recursive: true, force: true });
} finally {
  rmSync(making, { recursive: true, force: true });
}

/** In bytecode, so that what is parsed once need not be parsed by every command. */
async function build(
  entry: string,
  file: string,
  minify: { syntax: boolean; whitespace?: boolean },
): Promise<Bun.BuildArtifact> {
  const { outputs } = await Bun.build({
    entrypoints: [entry],
    outdir: making,
    naming: file,
    target: "bun",
    bytecode: true,
    // There is no bytecode for modules, nor import.meta in CommonJS. The folder may be moved after the build.
    format: "cjs",
    define: { "import.meta.filename": "module.filename", "import.meta.env": "undefined" },
    minify,
    plugins: [{ name: "apart", setup: (its) => void its.onResolve({ filter: /^[@a-z]/ }, beside) }],
  });
  const [output] = outputs;
  if (output === undefined) throw new Error(`nothing is built of ${entry}`);
  return output;
}

function beside({ path }: { path: string }) {
  const file = APART.get(path);
  return file === undefined ? undefined : { path: `./${file}`, external: true };
}

/** The same content may be there already, made by this machine before or by another process right now. */
function place(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (statSync(to, { throwIfNoEntry: false }) === undefined) throw error;
    rmSync(from, { recursive: true, force: true });
    // The newest are kept, and this is the newest again.
    const now = new Date();
    utimesSync(to, now, now);
  }
}

function note(build: Build): void {
  mkdirSync(DIST, { recursive: true });
  const path = noteOfBuild(PROJECT);
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(build));
  renameSync(`${path}.${process.pid}`, path);
}

/** Of builds that were killed. */
function leftovers(): string[] {
  return readdirSync(DIST).filter((name) => {
    const pid = /^\.making-(\d+)$/.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
}

/** Newest first. */
function builds(): string[] {
  const at = (name: string) => statSync(join(DIST, name)).mtimeMs;
  return readdirSync(DIST)
    .filter((name) => /^[0-9a-f]{12}$/.test(name))
    .sort((a, b) => at(b) - at(a));
}
