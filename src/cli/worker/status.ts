import { hostname } from "node:os";
import { runningWorker } from "../../db/worker.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { toPsnError } from "../support/output.ts";
import { workerLog } from "../support/worker.ts";
import { reportService, type ServiceReport, serviceLine } from "./service/told.ts";

export default defineCommand({
  name: "status",
  summary: "Whether the worker of this database runs, and whether it is installed as a service. Always exits 0",
  examples: ["psn worker status --json"],
  configure: (command) => command,
  run: async (cli): Promise<Outcome> => {
    let service: ServiceReport | undefined;
    try {
      service = await reportService(cli.config);
      return await told(cli, service);
    } catch (error) {
      cli.noteUnexpected(error);
      const { code, message, next = "psn setup status" } = toPsnError(error);
      const data = {
        running: null,
        ...(service === undefined ? {} : { service }),
        attention: [{ code, message, next }],
      };
      return { data, text: `${message}\n→ ${next}` };
    }
  },
});

async function told(cli: Cli, service: ServiceReport): Promise<Outcome> {
  const { database } = await cli.session();
  const worker = await runningWorker(database.orm);
  if (worker === undefined) {
    const log = workerLog(cli.config);
    const lines = ["No worker runs; psn starts one when a post is armed.", serviceLine(service)];
    return { data: { running: false, log, service }, text: lines.join("\n") };
  }
  const { pid, host, since } = worker;
  const byService = pid === service.pid && host === hostname();
  const log = byService && service.log !== undefined ? service.log : workerLog(cli.config);
  return {
    data: { running: true, pid, host, since: since.toISOString(), byService, log, service },
    text: `Worker ${pid} on ${host} runs since ${since.toISOString()}.\nIts log: ${log}\n${serviceLine(service)}`,
  };
}
