import { Argument } from "commander";
import { storeSetting } from "../../config/store.ts";
import { PsnError } from "../../core/errors.ts";
import { green } from "../render/style.ts";
import { defineCommand } from "../support/command.ts";

export default defineCommand({
  name: "engine",
  summary: "Choose what rings when a post is due: the worker on this machine",
  examples: ["psn setup engine local"],
  configure: (command) => command.addArgument(new Argument("<name>", "the engine").choices(["local", "trigger"])),
  run: async (cli, command) => {
    if (command.args[0] === "trigger") {
      throw new PsnError("engine_unavailable", "This psn can't schedule through Trigger.dev yet.", {
        next: "psn setup engine local",
      });
    }
    const file = await storeSetting(cli.config, "PSN_ENGINE", "local");
    const overridden = cli.config.origins.PSN_ENGINE === "environment";
    const text = overridden
      ? `Stored in ${file}, but PSN_ENGINE of the environment is used instead.`
      : `${green("✓")} The worker on this machine publishes. To have it back after a reboot: psn worker install`;
    return { data: { engine: "local", file, ...(overridden ? { overriddenBy: "environment" } : {}) }, text };
  },
});
