import { hostname } from "node:os";
import type { Config } from "../../config/load.ts";
import { PsnError } from "../../core/errors.ts";
import type { Orm } from "../../db/connection.ts";
import { isConnectionLost } from "../../db/failures.ts";
import { runningWorker } from "../../db/worker.ts";
import { embeddedStatus, stopEmbedded } from "../../embedded/server.ts";
import { systemCode } from "../../files/errors.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { notice } from "../support/output.ts";
import { openDatabaseSession, type Session } from "../support/session.ts";
import { type StoppedService, stopService } from "./service/stop.ts";
import { recordStop } from "./stops.ts";

const WAIT_MS = 20_000;

export default defineCommand({
  name: "stop",
  summary: "Stop the worker, and the embedded database with it; scheduled posts wait until one runs again",
  examples: ["psn worker stop"],
  configure: (command) => command,
  run: async (cli) => {
    const { config } = cli;
    const embedded = config.databaseUrl === undefined;
    forbidStarting(config);
    const service = await stopService(config);
    // Nothing is started only to be stopped.
    if (embedded && embeddedStatus(config.stateDir).state !== "running") {
      return told({ pid: service?.pid, server: service?.pid !== undefined, service });
    }
    const pid = (await stopWorkers(config)) ?? service?.pid;
    if (embedded) await stopEmbedded(config.stateDir);
    return told({ pid, server: embedded, service });
  },
});

/** What runs is stopped all the same where that can't be written, as on a full disk. */
function forbidStarting({ stateDir }: Config): void {
  try {
    recordStop(stateDir);
  } catch (error) {
    if (!(error instanceof PsnError)) throw error;
    notice(`warning: ${error.message} A worker that is just being started may still come.`);
  }
}

interface Stopped {
  /** Of the worker that ran. */
  readonly pid: number | undefined;
  /** Whether the embedded database has stopped too. */
  readonly server: boolean;
  readonly service: StoppedService | undefined;
}

function told({ pid, server, service }: Stopped): Outcome {
  const worker =
    pid === undefined
      ? `No worker runs${server ? "; the embedded database has stopped" : ""}.`
      : `Worker ${pid} has stopped${server ? ", and so has the embedded database" : ""}.`;
  const stopped = { stopped: pid !== undefined, ...(pid === undefined ? {} : { pid }) };
  if (service === undefined) return { data: stopped, text: worker };
  const { name } = service;
  const back = `${name} starts it again at the next log-in or reboot; psn worker install does now.`;
  return {
    data: { ...stopped, service: name, comesBack: back, next: "psn worker install" },
    text: `${worker}\n${back}`,
  };
}

/** The first one's process id. */
async function stopWorkers(config: Config): Promise<number | undefined> {
  let session: Session | undefined;
  try {
    session = await openDatabaseSession(config);
    return await stopAll(session.database.orm);
  } catch (error) {
    const lost = isConnectionLost(error instanceof PsnError ? error.cause : error);
    // A worker that came up meanwhile, and ends at once, has taken the embedded database along.
    if (config.databaseUrl !== undefined || !lost) throw error;
    return undefined;
  } finally {
    await session?.close();
  }
}

/**
 * Tells the worker to stop, and whichever takes its place meanwhile: commands that ran at once may each have started one.
 * Returns the first one's process id.
 */
async function stopAll(orm: Orm): Promise<number | undefined> {
  const told: number[] = [];
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const worker = await runningWorker(orm);
    if (worker === undefined) return told[0];
    if (worker.host !== hostname()) {
      throw new PsnError("wrong_state", `The worker runs on ${worker.host}; stop it there.`, {
        next: "psn worker status",
      });
    }
    if (!told.includes(worker.pid)) tell(worker.pid);
    told.push(worker.pid);
    if (Date.now() > until) {
      throw new PsnError("still_publishing", "The worker was told to stop and is still finishing a tweet.", {
        next: "psn worker status",
      });
    }
    await Bun.sleep(100);
  }
}

/** The worker may have ended a moment ago, or be another user's. */
function tell(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    if (systemCode(error) === "ESRCH") return;
    throw new PsnError("wrong_state", `The worker (process ${pid}) belongs to another user; stop it as that user.`, {
      next: "psn worker status",
      cause: error,
    });
  }
}
