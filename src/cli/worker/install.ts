import { hostname } from "node:os";
import { dirname } from "node:path";
import { readEnvironment } from "../../config/environment.ts";
import type { Config } from "../../config/load.ts";
import { PsnError } from "../../core/errors.ts";
import { runningWorker } from "../../db/worker.ts";
import { openStateFolder } from "../../embedded/place.ts";
import { makePrivateFolder } from "../../files/atomic.ts";
import { bold, dim, green, yellow } from "../render/style.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { toPsnError } from "../support/output.ts";
import { openDatabaseSession } from "../support/session.ts";
import { crontabLine } from "./service/crontab.ts";
import { noServices, nothingToInstall, notServing } from "./service/errors.ts";
import { changeOf, takeOn } from "./service/file.ts";
import { checkSettings } from "./service/missingSettings.ts";
import { serviceProgram } from "./service/program.ts";
import { serviceFor } from "./service/serviceFor.ts";
import type { Change, WorkerService } from "./service/workerService.ts";

/** How long the worker may take until it serves: it starts the embedded database, and relieves another worker. */
const SERVING_MS = 30_000;
const LOOK_MS = 250;

export default defineCommand({
  name: "install",
  summary: "Have this machine start the worker: scheduled posts then survive a reboot and a log-out",
  examples: ["psn worker install", "psn worker install --dry-run"],
  configure: (command) => command.option("--dry-run", "show what would be written and run, and change nothing"),
  run: async (cli, command): Promise<Outcome> => {
    const { config } = cli;
    if (config.engine !== "local") throw nothingToInstall();
    const surroundings = readEnvironment();
    const program = serviceProgram(config, surroundings);
    checkSettings(config, program);
    const service = serviceFor(config, surroundings);
    const absence = service === undefined ? "psn knows no services of this system." : await service.absence();
    if (service === undefined || absence !== undefined) throw noServices(absence ?? "", crontabLine(program));

    const content = service.describe(program);
    if (command.opts<{ dryRun?: boolean }>().dryRun === true) return wouldInstall(service, content);
    openStateFolder(config.stateDir);
    makePrivateFolder(dirname(service.place.file));
    return await installed(config, service, await takeOn(service, content));
  },
});

function wouldInstall({ place, steps }: WorkerService, content: string): Outcome {
  const { name, file } = place;
  const change = changeOf(file, content);
  const commands = steps(change);
  const data = { dryRun: true, change, service: name, file, content, commands };
  const lines = [`${bold(file)} ${WRITTEN[change]}:`, "", content, "Then:", ...commands.map((line) => `  ${line}`)];
  return { data, text: [...lines, "", "Nothing was changed (--dry-run)."].join("\n") };
}

const WRITTEN = { added: "would be written", changed: "would be written anew", same: "is there as it should be" };
const DONE = { added: "is installed", changed: "was brought up to date", same: "is installed already" };

/** Waits until the worker serves: a service that starts and can't work is not installed well. */
async function installed(config: Config, service: WorkerService, change: Change): Promise<Outcome> {
  const { name, file } = service.place;
  const lingering = await service.linger();
  const serving = await whoServes(config, service);
  const data = {
    installed: true,
    change,
    service: name,
    file,
    log: service.log,
    ...(serving instanceof PsnError ? { serving: "no" } : serving),
    outlivesLogout: lingering.on,
    ...(lingering.command === undefined ? {} : { next: lingering.command }),
  };
  const lines = [`${green("✓")} ${bold(name)} ${DONE[change]}.`];
  if (!(serving instanceof PsnError)) {
    lines.push(
      serving.serving === "yes"
        ? `Its worker ${serving.pid} serves; it comes back after a reboot or a crash.`
        : `Another worker serves this database (${serving.pid} on ${serving.host}); this one waits to take over.`,
    );
  }
  if (!lingering.on) lines.push(`${yellow("!")} It ends when you log out, and starts when you log in.`);
  if (lingering.command !== undefined) lines.push(dim(`→ to have it run without a log-in: ${lingering.command}`));
  const outcome = { data, text: lines.join("\n") };
  return serving instanceof PsnError ? { ...outcome, problem: serving } : outcome;
}

type Serving =
  | { readonly serving: "yes"; readonly pid: number }
  | { readonly serving: "standby"; readonly pid: number; readonly host: string };

async function whoServes(config: Config, service: WorkerService): Promise<Serving | PsnError> {
  const until = performance.now() + SERVING_MS;
  let serves: Awaited<ReturnType<typeof runningWorker>>;
  try {
    const { database, close } = await openDatabaseSession(config);
    try {
      for (; performance.now() < until; await Bun.sleep(LOOK_MS)) {
        const [{ pid }, worker] = await Promise.all([service.state(), runningWorker(database.orm)]);
        if (pid !== undefined && worker?.pid === pid && worker.host === hostname()) return { serving: "yes", pid };
        serves = worker;
      }
    } finally {
      await close();
    }
  } catch (error) {
    return notServing(service.log, toPsnError(error).message);
  }
  // Two copies of psn, or two machines, may share a database: one serves, the others stand by.
  if (serves !== undefined && (await service.state()).running) {
    return { serving: "standby", pid: serves.pid, host: serves.host };
  }
  return notServing(service.log);
}
