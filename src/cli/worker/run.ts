import { defineCommand } from "../support/command.ts";
import { runWorker } from "./serve.ts";

export default defineCommand({
  name: "run",
  summary: "Be the worker, in the foreground, until there is nothing to do or a signal comes",
  examples: ["psn worker run"],
  configure: (command) => command,
  run: async () => {
    const ended = await runWorker();
    const text = {
      stopped: "The worker was told to stop.",
      idle: "There is nothing to do; the worker ends.",
      second: "A worker of this database runs already.",
    }[ended];
    return { data: { ended }, text };
  },
});
