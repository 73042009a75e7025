import { readEnvironment } from "../../config/environment.ts";
import { embeddedStatus } from "../../embedded/server.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { notice, toPsnError } from "../support/output.ts";
import { isInstalled } from "./service/place.ts";
import { serviceFor } from "./service/serviceFor.ts";

export default defineCommand({
  name: "uninstall",
  summary: "Take the worker's service away; psn then starts its worker on demand again",
  examples: ["psn worker uninstall", "psn worker uninstall --dry-run"],
  configure: (command) => command.option("--dry-run", "show what would be taken away, and change nothing"),
  run: async (cli, command): Promise<Outcome> => {
    const dryRun = command.opts<{ dryRun?: boolean }>().dryRun === true;
    const service = serviceFor(cli.config, readEnvironment());
    if (service === undefined || !isInstalled(service.place)) {
      const data = { ...(dryRun ? { dryRun } : {}), uninstalled: false };
      return { data, text: "No service is installed for this state folder." };
    }
    const { name, file } = service.place;
    if (dryRun) {
      const text = `${name} would be stopped, and ${file} removed. Nothing was changed (--dry-run).`;
      return { data: { dryRun: true, service: name, file }, text };
    }
    await service.remove();
    await handOver(cli);
    const text = `${name} is gone. psn starts its worker on demand again; a reboot or a log-out ends that one.`;
    return { data: { uninstalled: true, service: name, file }, text };
  },
});

/** Posts that are scheduled need a worker from now on that was started on demand: opening the database sees to it. */
async function handOver(cli: Cli): Promise<void> {
  const { databaseUrl, stateDir } = cli.config;
  try {
    if (databaseUrl !== undefined || embeddedStatus(stateDir).state !== "absent") await cli.session();
  } catch (error) {
    cli.noteUnexpected(error);
    notice(`warning: posts that are scheduled wait for the next psn command. ${toPsnError(error).message}`);
  }
}
