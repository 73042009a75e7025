import { task } from "@trigger.dev/sdk";
import { lookAtHealth } from "./support/health.ts";
import { ONCE } from "./support/retries.ts";

/** Says what this deployment is and whether it could publish: the proof after a deploy or a new key. No secrets. */
export const psnHealthTask = task({
  id: "psn-health",
  queue: { name: "psn-health", concurrencyLimit: 1 },
  ttl: "10m",
  retry: ONCE,
  maxDuration: 60,
  run: (_payload: unknown, { ctx }) => lookAtHealth(ctx.environment.slug),
});
