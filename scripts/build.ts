/**
 * `npm run build`, which `npm ci` runs too: makes the build that psn's command lines start from (src/cli/load.ts).
 * Each lies in a folder named after its content, so that a process that runs keeps its own while another is made.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Build, noteOfBuild } from "../src/cli/load.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(PROJECT, "dist");
/** A worker may run for weeks from the one that it was started with. */
const KEPT = 5;

const begun = Date.now();
const making = join(DIST, `.making-${process.pid}`);
try {
  const { outputs } = await Bun.build({
    entrypoints: [join(PROJECT, "src/cli/run.ts")],
    outdir: making,
    target: "bun",
    splitting: true,
    minify: { syntax: true },
  });
  const hash = createHash("sha256");
  for (const output of outputs.toSorted((a, b) => a.path.localeCompare(b.path)))
    hash.update(new Uint8Array(await output.arrayBuffer()));
  const folder = hash.digest("hex").slice(0, 12);
  place(making, join(DIST, folder));
  note({ folder, begun });
  for (const old of builds().slice(KEPT)) rmSync(join(DIST, old), { recursive: true, force: true });
} finally {
  rmSync(making, { recursive: true, force: true });
}

/** The same content may be there already, made by this machine before or by another process right now. */
function place(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (statSync(to, { throwIfNoEntry: false }) === undefined) throw error;
    rmSync(from, { recursive: true, force: true });
  }
}

function note(build: Build): void {
  mkdirSync(DIST, { recursive: true });
  const path = noteOfBuild(PROJECT);
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(build));
  renameSync(`${path}.${process.pid}`, path);
}

/** Newest first. */
function builds(): string[] {
  const at = (name: string) => statSync(join(DIST, name)).mtimeMs;
  return readdirSync(DIST)
    .filter((name) => /^[0-9a-f]{12}$/.test(name))
    .sort((a, b) => at(b) - at(a));
}
