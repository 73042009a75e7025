import type { Config } from "../config/load.ts";
import { PsnError } from "../core/errors.ts";
import type { Orm } from "../db/connection.ts";
import type { Engine } from "../engine/port.ts";

export type OpenEngine = Engine & { close(): Promise<void> };

/**
 * The engine of that name. Loaded late: only what arms or disarms needs it. Throws PsnError `not_set_up` for Trigger.dev
 * without its key.
 */
export async function openEngine(name: Engine["name"], config: Config, orm: Orm): Promise<OpenEngine> {
  if (name === "local") {
    const { openLocalEngine } = await import("../engine/local/engine.ts");
    return openLocalEngine(orm);
  }
  const { secretKey, apiUrl } = config.trigger;
  if (secretKey === undefined) throw notLinked();
  const { openTriggerEngine } = await import("../engine/trigger/engine.ts");
  return await openTriggerEngine({ secretKey, apiUrl, now: () => new Date() });
}

const notLinked = () =>
  new PsnError("not_set_up", "psn has no key for your project at Trigger.dev.", { next: "psn setup trigger" });
