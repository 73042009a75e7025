import { Argument } from "commander";
import type { Config } from "../../config/load.ts";
import { storeSetting } from "../../config/store.ts";
import { PsnError } from "../../core/errors.ts";
import type { EngineName } from "../../engine/port.ts";
import { type MovedOver, moveOver } from "../../publishing/moveOver.ts";
import { green } from "../render/style.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { openDatabaseSession } from "../support/session.ts";
import { ensureWorker } from "../support/worker.ts";

export default defineCommand({
  name: "engine",
  summary: "Choose what rings when a post is due, and move the scheduled posts to it",
  examples: ["psn setup engine local", "psn setup engine trigger"],
  configure: (command) => command.addArgument(new Argument("<name>", "the engine").choices(["local", "trigger"])),
  run: async (cli, command): Promise<Outcome> => {
    const engine: EngineName = command.args[0] === "trigger" ? "trigger" : "local";
    const { config } = cli;
    if (config.origins.PSN_ENGINE === "environment" && config.engine !== engine) throw overridden(config);
    if (engine === "trigger") checkTrigger(config);
    const chosen: Config = { ...config, engine };
    const session = await openDatabaseSession(chosen);
    try {
      // Before anything is stored: an engine that can't be opened moves nothing.
      await session.desk.engine();
      // Stored first: whoever schedules from now on does so there, and what is left is moved by this command, again if need be.
      const file = await storeSetting(config, "PSN_ENGINE", engine);
      const moved = await moveOver(session.desk);
      if (engine === "local" && (moved.moved > 0 || session.startedServer)) {
        await ensureWorker(chosen, session.database.orm);
      }
      return told(engine, file, moved, session.unarmed());
    } finally {
      await session.close();
    }
  },
});

function told(
  engine: EngineName,
  file: string,
  { moved, publishing }: MovedOver,
  unarmed: PsnError | undefined,
): Outcome {
  const rings =
    engine === "local"
      ? "The worker on this machine publishes. To have it back after a reboot: psn worker install"
      : "Trigger.dev publishes, also while this machine is off.";
  const lines = [`${green("✓")} ${rings}`];
  if (moved > 0) lines.push(`${posts(moved)} moved to it.`);
  if (publishing > 0)
    lines.push(`${posts(publishing)} being published by the other engine. Next: psn setup engine ${engine}`);
  const data = { engine, file, moved, publishing };
  return { data, text: lines.join("\n"), ...(unarmed === undefined ? {} : { problem: notAllArmed(unarmed) }) };
}

const posts = (count: number) => (count === 1 ? "1 post is" : `${count} posts are`);

/** What Trigger.dev can't do without. */
function checkTrigger({ databaseUrl, trigger }: Config): void {
  if (trigger.secretKey === undefined || trigger.projectRef === undefined) {
    throw new PsnError("not_set_up", "psn is not linked to a project at Trigger.dev.", { next: "psn setup trigger" });
  }
  if (databaseUrl === undefined) {
    throw new PsnError("not_set_up", "Trigger.dev can't reach the database that psn runs on this machine.", {
      next: "put DATABASE_URL of a Postgres that the internet reaches into the secrets file",
    });
  }
  if (trigger.secretKey.reveal().startsWith("tr_dev_")) {
    throw new PsnError("config_invalid", "TRIGGER_SECRET_KEY is a development key: its runs expire unheard.", {
      next: "psn setup trigger",
    });
  }
}

const overridden = ({ engine }: Config) =>
  new PsnError("config_invalid", `PSN_ENGINE=${engine} of the environment decides, whatever the files say.`, {
    next: "take PSN_ENGINE out of the environment, then run the command again",
  });

const notAllArmed = ({ code, message, cause }: PsnError) =>
  new PsnError(code, `Some posts are moved and not armed yet: ${message} psn arms them with its next command.`, {
    next: "psn status",
    cause,
  });
