import { runningWorker } from "../../../db/worker.ts";
import type { Cli } from "../../support/cli.ts";
import { ensureWorker } from "../../support/worker.ts";
import { reportService } from "../../worker/service/told.ts";
import { type Check, failed, ok, warning } from "./check.ts";

const STARTS_WITHIN_MS = 15_000;

/** The worker runs, or comes up when it is asked to. */
export async function checkEngine(cli: Cli): Promise<Check[]> {
  const { orm } = (await cli.session()).database;
  const before = await runningWorker(orm);
  if (before === undefined) await ensureWorker(cli.config, orm);
  const until = performance.now() + STARTS_WITHIN_MS;
  let worker = before ?? (await runningWorker(orm));
  while (worker === undefined && performance.now() < until) {
    await Bun.sleep(100);
    worker = await runningWorker(orm);
  }
  if (worker === undefined) return [failed("engine", "The local worker does not start.", "psn worker run")];
  const { installed } = await reportService(cli.config);
  const started = before === undefined ? "started for this check" : `runs since ${before.since.toISOString()}`;
  return [
    ok("engine", `local; worker ${worker.pid} on ${worker.host} ${started}`),
    installed
      ? ok("after a reboot", "the worker is a service of this machine")
      : warning("after a reboot", "Scheduled posts wait until a psn command starts the worker.", "psn worker install"),
  ];
}
