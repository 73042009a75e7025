import type { Cli } from "../../support/cli.ts";
import { linkOf, proveKey } from "../deploy/link.ts";
import { lookAtWorker, sentenceOf } from "../deploy/look.ts";
import { type Check, failed, ok, tried } from "./check.ts";

/** A machine of the platform may have to be started first. */
const ANSWERS_WITHIN_MS = 60_000;

/** Trigger.dev takes the key, and the worker that is deployed there is this psn's. */
export async function checkTrigger(cli: Cli): Promise<Check[]> {
  const link = linkOf(cli.config);
  await proveKey(link);
  const accepted = ok(
    "engine",
    `Trigger.dev (${link.apiUrl}) accepts the ${link.environment} key of ${link.projectRef}`,
  );
  const worker = await tried("deployed worker", async () => {
    const { database } = await cli.session();
    const found = await lookAtWorker(cli.config, database, link, { limitMs: ANSWERS_WITHIN_MS });
    if (found.differences.length === 0) return [ok("deployed worker", sentenceOf(found))];
    return found.differences.map(({ message, next }) => failed("deployed worker", message, next));
  });
  return [accepted, ...worker];
}
