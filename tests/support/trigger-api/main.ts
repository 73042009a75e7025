import { parseArgs } from "node:util";
import { startTriggerApi } from "./trigger-api.ts";

/**
 * The stand-in as a process of its own: prints its URL when it listens, and ends on SIGTERM or SIGINT.
 * `commandTriggerApi` moves its clock and plays its worker.
 * Usage: bun tests/support/trigger-api/main.ts [--port N] [--key tr_prod_…]… [--project REF] [--task ID]… [--queue NAME]…
 */
const { values } = parseArgs({
  options: {
    port: { type: "string" },
    key: { type: "string", multiple: true },
    project: { type: "string" },
    task: { type: "string", multiple: true },
    queue: { type: "string", multiple: true },
  },
});

const { key, project, task, queue } = values;
const api = await startTriggerApi({
  port: Number(values.port ?? 0),
  secretKeys: key,
  projectRef: project,
  deployment: task === undefined ? undefined : { tasks: task, queues: queue ?? [] },
});

const end = (): void => {
  void api.stop().then(() => process.exit(0));
};
process.once("SIGTERM", end);
process.once("SIGINT", end);

console.log(api.url);
