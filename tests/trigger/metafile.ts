import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Bundle, readJson } from "../support/bundle/bundle.ts";

/** As esbuild writes it, with the paths as seen from the project. */
const metafile = z.object({
  inputs: z.record(z.string(), z.object({ imports: z.array(z.object({ path: z.string() })) })),
});

/** Every file that is part of the bundle. */
export const bundledFiles = (bundle: Bundle): string[] =>
  Object.keys(metafile.parse(readJson(bundle, "metafile.json")).inputs);

/** What a file reaches by its imports, static and dynamic, itself included. */
export function reachedFrom(bundle: Bundle, isStart: (file: string) => boolean): Set<string> {
  const { inputs } = metafile.parse(readJson(bundle, "metafile.json"));
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { path } of inputs[file]?.imports ?? []) visit(path);
  };
  Object.keys(inputs).filter(isStart).forEach(visit);
  return reached;
}

/** "drizzle-orm" for node_modules/drizzle-orm/sql/index.js; null for psn's own files. */
export const packageOf = (file: string): string | null =>
  /(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? null;

/** psn's own code as it was bundled, by file: esbuild writes each file's path above its part of a chunk. */
export function ownCode({ folder }: Bundle): Map<string, string> {
  const code = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".mjs")) continue;
    const parts = readFileSync(join(folder, name), "utf8").split(/^\/\/ (\S+\.(?:[cm]?[jt]sx?|json))$/m);
    for (let i = 1; i < parts.length; i += 2) {
      const file = parts[i] ?? "";
      if (packageOf(file) === null) code.set(file, (code.get(file) ?? "") + (parts[i + 1] ?? ""));
    }
  }
  return code;
}
