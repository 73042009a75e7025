import type { Config } from "../config/load.ts";
import { PsnError } from "../core/errors.ts";
import type { Orm } from "../db/connection.ts";
import type { Engine } from "../engine/port.ts";

/** The engine that the configuration asks for. Loaded late: only commands that arm or disarm need it. */
export async function engineFor(config: Config, orm: Orm): Promise<Engine & { close(): Promise<void> }> {
  if (config.engine === "trigger") {
    throw new PsnError("engine_unavailable", "This psn can't schedule through Trigger.dev yet; use the local engine.", {
      next: "set PSN_ENGINE=local in config/hub.env",
    });
  }
  const { openLocalEngine } = await import("../engine/local/engine.ts");
  return openLocalEngine(orm);
}
