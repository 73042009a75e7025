import { defineCommand } from "../support/command.ts";
import { runWorker } from "./serve.ts";

export default defineCommand({
  name: "run",
  summary: "Be the worker, in the foreground, until there is nothing to do or a signal comes",
  examples: ["psn worker run", "psn worker run --stay"],
  configure: (command) =>
    command.option("--stay", "until a signal comes, as a service does: wait for work, for the database, for its turn"),
  run: async (_cli, command) => {
    const { stay = false } = command.opts<{ stay?: boolean }>();
    const ended = await runWorker(undefined, { stay });
    const text = {
      stopped: "The worker was told to stop.",
      idle: "There is nothing to do; the worker ends.",
      second: "A worker of this database runs already.",
      relieved: "The worker of a service takes over.",
    }[ended];
    return { data: { ended }, text };
  },
});
