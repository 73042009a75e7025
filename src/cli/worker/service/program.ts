import { isAbsolute, join } from "node:path";
import type { Config, Surroundings } from "../../../config/load.ts";
import { SETTING_NAMES } from "../../../config/settings.ts";
import { packageFolder } from "../../../files/package.ts";
import { workerLog } from "../../support/worker.ts";
import { unfitPath } from "./errors.ts";

/** What a service runs: all paths are absolute, and no value is a secret. */
export interface ServiceProgram {
  readonly command: readonly [bun: string, ...args: string[]];
  /** The same for where nothing starts a program again that crashed. */
  readonly kept: readonly [bun: string, ...args: string[]];
  /** The state folder, which is also where it runs. */
  readonly folder: string;
  /** What leads it to the same configuration and state as the command that installs it. */
  readonly env: Readonly<Record<string, string>> & { readonly HOME: string };
  /** What it must not take over from the service manager: its settings are those of its files. */
  readonly unset: readonly string[];
  readonly log: string;
}

/** Throws PsnError `config_invalid` for a path that no description of a service can hold. */
export function serviceProgram(config: Config, { env, home }: Pick<Surroundings, "env" | "home">): ServiceProgram {
  const xdg = env["XDG_CONFIG_HOME"];
  const passed = {
    HOME: home,
    PSN_STATE_DIR: config.stateDir,
    PSN_CONFIG_DIR: config.configDir,
    // A relative one counts for nothing, here and there.
    ...(xdg !== undefined && isAbsolute(xdg) ? { XDG_CONFIG_HOME: xdg } : {}),
  };
  const bun = [process.execPath, "--no-env-file"] as const;
  const programs = join(packageFolder(), "src/cli");
  const program: ServiceProgram = {
    command: [...bun, join(programs, "worker.ts"), "run", "--stay"],
    kept: [...bun, join(programs, "worker/keeper.ts"), "--stay"],
    folder: config.stateDir,
    env: passed,
    unset: [...SETTING_NAMES, "XDG_CONFIG_HOME"].filter((name) => !(name in passed)),
    log: workerLog(config),
  };
  for (const path of [...program.command, ...Object.values(passed)]) {
    if (/\p{Cc}|[\s\\]$/u.test(path)) throw unfitPath(path);
  }
  return program;
}
