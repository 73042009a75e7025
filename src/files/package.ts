import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let found: string | undefined;

/** psn's own folder, whether this code runs from its sources or from a build of them. */
export function packageFolder(): string {
  found ??= upTo("package.json", dirname(fileURLToPath(import.meta.url)));
  return found;
}

function upTo(name: string, folder: string): string {
  if (existsSync(join(folder, name))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error(`psn's files are not in a folder with a ${name}`);
  return upTo(name, above);
}
