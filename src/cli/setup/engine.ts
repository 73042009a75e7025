import { Argument } from "commander";
import type { Config } from "../../config/load.ts";
import { storeSetting } from "../../config/store.ts";
import { PsnError } from "../../core/errors.ts";
import type { EngineName } from "../../engine/port.ts";
import { type MovedOver, moveOver } from "../../publishing/moveOver.ts";
import { green } from "../render/style.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { openDatabaseSession, type Session } from "../support/session.ts";
import { ensureWorker } from "../support/worker.ts";
import { linkOf } from "./deploy/link.ts";
import { lookAtWorker } from "./deploy/look.ts";

/** How long a worker at Trigger.dev may take to answer: a machine that starts cold takes seconds. */
const ANSWERS_WITHIN_MS = 60_000;

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
      if (engine === "trigger" && config.engine !== "trigger") await checkWorker(config, session);
      // Before anything is stored: an engine that can't be opened moves nothing.
      await session.desk.engine();
      // Stored first: whoever schedules from now on does so there, and what is left is moved by this command, again if need be.
      const file = await storeSetting(config, "PSN_ENGINE", engine);
      const moved = await moveOver(session.desk);
      if (engine === "local" && (moved.moved > 0 || session.embedded)) {
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

/** What Trigger.dev can't do without, as far as the settings tell. */
function checkTrigger(config: Config): void {
  linkOf(config);
  if (config.databaseUrl === undefined) {
    throw new PsnError("not_set_up", "Trigger.dev can't reach the database that psn runs on this machine.", {
      next: "put DATABASE_URL of a Postgres that the internet reaches into the secrets file",
    });
  }
}

/** Nothing is handed to a worker that can't publish it. */
async function checkWorker(config: Config, { database }: Session): Promise<void> {
  const { differences } = await lookAtWorker(config, database, linkOf(config), { limitMs: ANSWERS_WITHIN_MS });
  const [first] = differences;
  if (first === undefined) return;
  throw new PsnError("worker_unfit", first.message, { next: first.next, details: { differences } });
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
