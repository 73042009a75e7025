import { readEnvironment } from "../../../config/environment.ts";
import type { Config } from "../../../config/load.ts";
import { isInstalled } from "./place.ts";
import { serviceFor } from "./serviceFor.ts";

export interface StoppedService {
  readonly name: string;
  /** Of the worker that ended; undefined when none ran. */
  readonly pid: number | undefined;
}

/**
 * Stops the service's worker, also one that is just being started again, until the next log-in. Undefined when no
 * service is installed, or its manager does not answer and so runs nothing.
 */
export async function stopService(config: Config): Promise<StoppedService | undefined> {
  const service = serviceFor(config, readEnvironment());
  if (service === undefined || !isInstalled(service.place) || (await service.absence()) !== undefined) return undefined;
  const { pid } = await service.state();
  await service.stop();
  return { name: service.place.name, pid };
}
