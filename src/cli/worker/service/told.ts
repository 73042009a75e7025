import { readEnvironment } from "../../../config/environment.ts";
import type { Config } from "../../../config/load.ts";
import { PsnError } from "../../../core/errors.ts";
import { isInstalled } from "./place.ts";
import { serviceFor } from "./serviceFor.ts";

/** What `psn worker status` tells of the service. Null: its manager does not answer. */
export interface ServiceReport {
  readonly installed: boolean;
  readonly name?: string;
  readonly file?: string;
  readonly log?: string;
  readonly enabled?: boolean | null;
  readonly running?: boolean | null;
  readonly pid?: number;
  readonly outlivesLogout?: boolean | null;
  /** A command, where there is something left to do. */
  readonly next?: string;
}

/** Asks the manager only when the service is installed; never throws for one that does not answer. */
export async function reportService(config: Config): Promise<ServiceReport> {
  const service = serviceFor(config, readEnvironment());
  if (service === undefined || !isInstalled(service.place)) return { installed: false };
  const { place, log } = service;
  const { name, file } = place;
  const known = { installed: true, name, file, log } as const;
  try {
    const [{ enabled, running, pid }, lingering] = await Promise.all([service.state(), service.lingers()]);
    const next = enabled && running ? lingering.command : "psn worker install";
    return {
      ...known,
      enabled,
      running,
      ...(pid === undefined ? {} : { pid }),
      outlivesLogout: lingering.on,
      ...(next === undefined ? {} : { next }),
    };
  } catch (error) {
    if (!(error instanceof PsnError)) throw error;
    return { ...known, enabled: null, running: null, outlivesLogout: null };
  }
}

/** One line for people. */
export function serviceLine({ installed, name, enabled, running, pid, outlivesLogout, next }: ServiceReport): string {
  if (!installed)
    return "No service is installed: after a reboot no worker runs until psn is used.\n→ psn worker install";
  const way = next === undefined ? "" : `\n→ ${next}`;
  if (running === null || running === undefined)
    return `Service ${name} is installed; its manager does not answer.${way}`;
  const states = [enabled === true ? "enabled" : "not enabled", running ? `runs as process ${pid}` : "does not run"];
  const logout = outlivesLogout === true ? "" : " It ends when you log out.";
  return `Service ${name}: ${states.join(", ")}.${logout}${way}`;
}
