import { Option } from "commander";
import { defineCommand } from "../support/command.ts";
import { runWorker } from "./serve.ts";

export default defineCommand({
  name: "run",
  summary: "Be the worker, in the foreground, until there is nothing to do or a signal comes",
  examples: ["psn worker run", "psn worker run --stay"],
  configure: (command) =>
    command
      .option("--stay", "until a signal comes, as a service does: wait for work, for the database, for its turn")
      .addOption(new Option("--stops <bytes>", "how far worker.stops went at the start").argParser(Number).hideHelp()),
  run: async (_cli, command) => {
    const ended = await runWorker(undefined, command.opts<{ stay?: boolean; stops?: number }>());
    const text = {
      stopped: "The worker was told to stop.",
      idle: "There is nothing to do; the worker ends.",
      second: "A worker of this database runs already.",
      relieved: "The worker of a service takes over.",
    }[ended];
    return { data: { ended }, text };
  },
});
