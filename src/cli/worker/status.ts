import { runningWorker } from "../../db/worker.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { toPsnError } from "../support/output.ts";
import { workerLog } from "../support/worker.ts";

export default defineCommand({
  name: "status",
  summary: "Whether the worker of this database runs. Always exits 0",
  examples: ["psn worker status --json"],
  configure: (command) => command,
  run: async (cli): Promise<Outcome> => {
    try {
      return await told(cli);
    } catch (error) {
      cli.noteUnexpected(error);
      const { code, message, next = "psn setup status" } = toPsnError(error);
      return { data: { running: null, attention: [{ code, message, next }] }, text: `${message}\n→ ${next}` };
    }
  },
});

async function told(cli: Cli): Promise<Outcome> {
  const { database } = await cli.session();
  const worker = await runningWorker(database.orm);
  const log = workerLog(cli.config);
  if (worker === undefined) {
    return { data: { running: false, log }, text: "No worker runs; psn starts one when a post is armed." };
  }
  const { pid, host, since } = worker;
  return {
    data: { running: true, pid, host, since: since.toISOString(), log },
    text: `Worker ${pid} on ${host} runs since ${since.toISOString()}.\nIts log: ${log}`,
  };
}
