import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

let found: string | undefined;

/** psn's own folder, whether this code runs from its sources or from a build of them. */
export function packageFolder(): string {
  found ??= upTo("package.json", dirname(import.meta.filename));
  return found;
}

function upTo(name: string, folder: string): string {
  if (existsSync(join(folder, name))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error(`psn's files are not in a folder with a ${name}`);
  return upTo(name, above);
}
