import { schedules } from "@trigger.dev/sdk";
import { reconcile } from "../publishing/reconcile.ts";
import { showKeyHeld } from "./support/keep.ts";
import { SOON } from "./support/retries.ts";
import { inWorker } from "./support/worker.ts";

/** Puts right what a dead process left. A tick that waits longer than until the next one is of no use. */
export const watchdogTask = schedules.task({
  id: "watchdog",
  cron: { pattern: "*/5 * * * *", environments: ["PRODUCTION"] },
  queue: { name: "watchdog", concurrencyLimit: 1 },
  ttl: "5m",
  retry: SOON,
  maxDuration: 120,
  run: (_schedule, { ctx }) =>
    inWorker(async (worker) => {
      const { problem, ...reconciled } = await reconcile(worker.desk);
      await showKeyHeld(worker, ctx.environment.slug);
      return { ...reconciled, problem: problem?.code ?? null };
    }),
});
