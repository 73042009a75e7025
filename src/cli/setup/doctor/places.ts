import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../../../config/load.ts";
import { SETTINGS, type SettingName } from "../../../config/settings.ts";
import { type Check, failed, ok, warning } from "./check.ts";

const NEEDED_BYTES = 50 * 1024 * 1024;
const COMFORTABLE_BYTES = 500 * 1024 * 1024;

/** Where each value comes from; never what a secret is. */
export function checkSettings({ origins, warnings, secretsFile }: Config): Check[] {
  const names = Object.keys(SETTINGS).filter((name): name is SettingName => name in SETTINGS);
  const given = names.filter((name) => origins[name] !== "unset" && origins[name] !== "default");
  const list = given.map((name) => `${name} (${origins[name]})`).join(", ");
  const misplaced = warnings.map((text) => warning("settings", text, `move it to ${secretsFile}`));
  return [ok("settings", given.length === 0 ? "all are defaults" : list), ...misplaced];
}

/** Files that only the user may read, folders that psn may write, and room on the disk. */
export function checkPlaces({ stateDir, hubFile, secretsFile }: Config): Check[] {
  return [
    ...[secretsFile, hubFile].flatMap((file) => modeOf("file modes", file, 0o077)),
    ...modeOf("file modes", dirname(secretsFile), 0o022),
    writable(stateDir),
    room(stateDir),
  ];
}

function modeOf(check: string, path: string, forbidden: number): Check[] {
  if (!existsSync(path)) return [];
  const mode = statSync(path).mode & 0o777;
  if ((mode & forbidden) === 0) return [ok(check, `${path} is ${mode.toString(8)}`)];
  return [
    failed(
      check,
      `${path} is open to other users (${mode.toString(8)}).`,
      `chmod go-${forbidden === 0o077 ? "rwx" : "w"} '${path}'`,
    ),
  ];
}

function writable(folder: string): Check {
  const there = nearest(folder);
  try {
    accessSync(there, constants.W_OK);
    return ok("state folder", folder);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return failed(
      "state folder",
      `${there} can't be written.`,
      "give yourself the right to write it, or set PSN_STATE_DIR",
    );
  }
}

function room(folder: string): Check {
  const { bavail, bsize } = statfsSync(nearest(folder));
  const free = bavail * bsize;
  const detail = `${Math.round(free / 1024 / 1024)} MB free for ${folder}`;
  if (free < NEEDED_BYTES) return failed("disk", `${detail}: too little.`, "free some space");
  return free < COMFORTABLE_BYTES ? warning("disk", detail, "free some space soon") : ok("disk", detail);
}

/** The folder itself, or the nearest one above it that is there. */
function nearest(folder: string): string {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}
