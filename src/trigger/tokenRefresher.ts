import { schedules } from "@trigger.dev/sdk";
import { refreshIdle } from "./support/keep.ts";
import { SOON } from "./support/retries.ts";
import { inWorker } from "./support/worker.ts";

/** Keeps alive the sign-ins that no post has used lately. */
export const tokenRefresherTask = schedules.task({
  id: "token-refresher",
  cron: { pattern: "0 */6 * * *", environments: ["PRODUCTION"] },
  queue: { name: "token-refresher", concurrencyLimit: 1 },
  ttl: "1h",
  retry: SOON,
  maxDuration: 900,
  run: (_schedule, { ctx }) => inWorker((worker) => refreshIdle(worker, ctx.environment.slug)),
});
