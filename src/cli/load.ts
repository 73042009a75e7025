/**
 * psn's command lines start from a build of themselves, which loads in half the time, unless a source or a
 * package has changed since it was made: then, and where there is none, from the sources. `npm ci` makes the build, and
 * so does `npm run build`.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

/** What the build is made of, seen from the package's folder. */
const MADE_OF = ["src", "drizzle/meta/_journal.json", "package.json", "node_modules/.package-lock.json"];

/** The newest build: its folder within `dist`, and when making it began, in milliseconds. */
export interface Build {
  readonly folder: string;
  readonly begun: number;
}

export const noteOfBuild = (folder = PACKAGE): string => join(folder, "dist", "build.json");

export async function load(): Promise<typeof import("./run.ts")> {
  const built = freshBuild();
  return built === undefined ? await import("./run.ts") : await import(built);
}

/** Where the build begins; undefined when there is none or something is newer. */
export function freshBuild(): string | undefined {
  try {
    const build: Build = JSON.parse(readFileSync(noteOfBuild(), "utf8"));
    const run = join(PACKAGE, "dist", build.folder, "run.js");
    const isOld = MADE_OF.some((path) => isNewer(join(PACKAGE, path), build.begun));
    return isOld || !existsSync(run) ? undefined : run;
  } catch {
    return undefined; // The sources are always right.
  }
}

function isNewer(path: string, than: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (stats.mtimeMs > than) return true;
  if (!stats.isDirectory()) return false;
  // The folders in it are listed too: a folder's own time tells of files that came and went.
  const inside = readdirSync(path, { recursive: true, encoding: "utf8" });
  return inside.some((name) => statSync(`${path}/${name}`).mtimeMs > than);
}
