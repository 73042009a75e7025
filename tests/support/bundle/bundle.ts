import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { withFileLock } from "../../../src/files/lock.ts";
import { PROJECT } from "../run-psn.ts";
import { nodeBinary } from "./node.ts";

/** The tasks as a deploy would send them, and the programs that this folder drives them with. */
export interface Bundle {
  readonly node: string;
  /** Holds index.json, metafile.json, sync.json and the bundle itself. */
  readonly folder: string;
  /** The programs of this folder, built for Node. */
  readonly machine: string;
}

/** Within the project, so that its packages are found from there; git passes over it. */
const PLACE = join(PROJECT, "dist", "trigger-bundle");
/** All that a bundle may be made of, and what makes it. */
const MADE_OF = [
  ...["config", "core", "db", "engine", "files", "hub", "platforms", "publishing", "trigger", "vault"].map(
    (name) => `src/${name}`,
  ),
  "drizzle/meta/_journal.json",
  "tests/support/bundle",
  "trigger.config.ts",
  "package.json",
  "node_modules/.package-lock.json",
];
/** Tests that started earlier may still execute an older one. */
const KEPT = 3;
const BUILT_WITHIN_MS = 180_000;

/** What the bundle's build is told, as a deploy is: none of it may end up in the bundle. */
export const DEPLOY_ENV = {
  DATABASE_URL: "postgres://psn:psn-canary-password@db.example.net/psn",
  PSN_ENCRYPTION_KEY: `v1:${"psncanary".repeat(5).slice(0, 43)}`,
  X_CLIENT_SECRET: "psn-canary-client-secret",
  X_CLIENT_ID: "client-id",
  X_API_URL: "",
  PSN_TIMEZONE: "Europe/Madrid",
  TRIGGER_PROJECT_REF: "proj_standin",
  UNRELATED: "psn-canary-of-the-machine",
} as const;

let built: Promise<Bundle> | undefined;

/** The bundle of the sources as they are now: made once, by whichever process of a run comes first. */
export function builtBundle(): Promise<Bundle> {
  built ??= findOrBuild();
  return built;
}

async function findOrBuild(): Promise<Bundle> {
  const node = nodeBinary();
  if (node === null) throw new Error("there is no node to build and execute the bundle");
  const home = join(PLACE, stateOfSources());
  const tool = (name: string) => join(home, "tools", `${name}.mjs`);
  const bundle = { node, folder: join(home, "bundle"), machine: tool("machine") };
  mkdirSync(PLACE, { recursive: true });
  await withFileLock(join(PLACE, "lock"), () => buildUnlessThere(home, bundle), { timeoutMs: BUILT_WITHIN_MS });
  return bundle;
}

async function buildUnlessThere(home: string, { node, folder }: Bundle): Promise<void> {
  // Written last.
  if (existsSync(join(folder, "index.json"))) return;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const here = (name: string) => new URL(name, import.meta.url).pathname;
  // What builds finds its helpers by its place among the packages; what executes is started again and again.
  for (const [program, packages] of [
    ["./build.ts", "external"],
    ["./machine.ts", "bundle"],
  ] as const) {
    const outdir = join(home, "tools");
    await Bun.build({ entrypoints: [here(program)], target: "node", packages, outdir, naming: "[name].mjs" });
  }
  const child = Bun.spawn([node, join(home, "tools", "build.mjs"), PROJECT, folder], {
    cwd: PROJECT,
    env: { PATH: process.env["PATH"], HOME: home, ...DEPLOY_ENV },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [said, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`the bundle can't be built:\n${said}${errors}`);
  for (const old of builds().slice(KEPT)) rmSync(join(PLACE, old), { recursive: true, force: true });
}

/** Differs whenever a file came, went or was written. */
function stateOfSources(): string {
  const hash = createHash("sha256").update(nodeBinary() ?? "");
  const look = (path: string): void => {
    const stats = statSync(join(PROJECT, path), { throwIfNoEntry: false });
    if (stats?.isDirectory()) for (const name of readdirSync(join(PROJECT, path)).sort()) look(join(path, name));
    else hash.update(`${path} ${stats?.mtimeMs} ${stats?.size}\n`);
  };
  for (const path of MADE_OF) look(path);
  return hash.digest("hex").slice(0, 12);
}

/** Newest first. */
function builds(): string[] {
  const at = (name: string) => statSync(join(PLACE, name)).mtimeMs;
  return readdirSync(PLACE)
    .filter((name) => /^[0-9a-f]{12}$/.test(name))
    .sort((a, b) => at(b) - at(a));
}

/** A file that the build left beside the bundle. */
export function readJson(bundle: Bundle, name: "index.json" | "metafile.json" | "sync.json"): unknown {
  return JSON.parse(readFileSync(join(bundle.folder, name), "utf8"));
}
