import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Config, Surroundings } from "../../../config/load.ts";
import { shortHash } from "../../../embedded/place.ts";
import { systemCode } from "../../../files/errors.ts";

/** What the service of one state folder is called, and the file that describes it. */
export interface ServicePlace {
  readonly manager: "systemd" | "launchd";
  /** `psn-worker-1a2b3c4d.service`, or `psn.worker.1a2b3c4d` at launchd. */
  readonly name: string;
  readonly file: string;
}

const HASH_LENGTH = 8;

/**
 * One service for each state folder: two copies of psn on one machine have two.
 * Undefined on systems whose services psn does not know.
 */
export function servicePlace(
  { stateDir }: Pick<Config, "stateDir">,
  { env, home }: Pick<Surroundings, "env" | "home">,
  platform: NodeJS.Platform = process.platform,
): ServicePlace | undefined {
  const hash = shortHash(realPath(stateDir)).slice(0, HASH_LENGTH);
  if (platform === "darwin") {
    const name = `psn.worker.${hash}`;
    return { manager: "launchd", name, file: join(home, "Library", "LaunchAgents", `${name}.plist`) };
  }
  if (platform !== "linux") return undefined;
  const name = `psn-worker-${hash}.service`;
  const xdg = env["XDG_CONFIG_HOME"];
  const folder = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".config");
  return { manager: "systemd", name, file: join(folder, "systemd", "user", name) };
}

/** Whether its description lies in its place. Asks nobody, so that any command may look. */
export const isInstalled = (place: ServicePlace | undefined): place is ServicePlace =>
  place !== undefined && existsSync(place.file);

/** A folder that is reached by a link is the same folder. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return path;
  }
}
