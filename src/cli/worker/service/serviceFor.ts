import type { Config, Surroundings } from "../../../config/load.ts";
import { launchdService } from "./launchd.ts";
import { servicePlace } from "./place.ts";
import { programsOf } from "./runProgram.ts";
import { systemdService } from "./systemd.ts";
import type { WorkerService } from "./workerService.ts";

/** Undefined on systems whose services psn does not know. */
export function serviceFor(config: Pick<Config, "stateDir">, surroundings: Surroundings): WorkerService | undefined {
  const run = programsOf(surroundings.env);
  const place = servicePlace(config, surroundings);
  if (place === undefined) return undefined;
  switch (place.manager) {
    case "systemd":
      return systemdService(place, run);
    case "launchd":
      return launchdService(place, config.stateDir, run);
    default:
      return place.manager satisfies never;
  }
}
