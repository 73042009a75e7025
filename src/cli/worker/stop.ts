import { hostname } from "node:os";
import { PsnError } from "../../core/errors.ts";
import { runningWorker } from "../../db/worker.ts";
import { defineCommand } from "../support/command.ts";
import { openDatabaseSession } from "../support/session.ts";

const WAIT_MS = 20_000;

export default defineCommand({
  name: "stop",
  summary: "Stop the worker; scheduled posts wait until one runs again",
  examples: ["psn worker stop"],
  configure: (command) => command,
  run: async (cli) => {
    const session = await openDatabaseSession(cli.config);
    try {
      const worker = await runningWorker(session.database.orm);
      if (worker === undefined) return { data: { stopped: false }, text: "No worker runs." };
      if (worker.host !== hostname()) {
        throw new PsnError("wrong_state", `The worker runs on ${worker.host}; stop it there.`, {
          next: "psn worker status",
        });
      }
      process.kill(worker.pid, "SIGTERM");
      const until = Date.now() + WAIT_MS;
      while ((await runningWorker(session.database.orm))?.pid === worker.pid) {
        if (Date.now() > until) {
          throw new PsnError("still_publishing", "The worker was told to stop and is still finishing a tweet.", {
            next: "psn worker status",
          });
        }
        await Bun.sleep(100);
      }
      return { data: { stopped: true, pid: worker.pid }, text: `Worker ${worker.pid} has stopped.` };
    } finally {
      await session.close();
    }
  },
});
