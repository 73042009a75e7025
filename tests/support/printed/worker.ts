import { z } from "zod";
import { instant, pid, text, trouble } from "./values.ts";

const change = z.enum(["added", "changed", "same"]);

/** The worker as a service of this machine. Null: its manager does not answer. */
const service = z.strictObject({
  installed: z.boolean(),
  name: text.exactOptional(),
  file: text.exactOptional(),
  log: text.exactOptional(),
  enabled: z.boolean().nullable().exactOptional(),
  running: z.boolean().nullable().exactOptional(),
  pid: pid.exactOptional(),
  outlivesLogout: z.boolean().nullable().exactOptional(),
  next: text.exactOptional(),
});

const stopped = z.strictObject({ stopped: z.boolean(), pid: pid.exactOptional() });
/** No service was there. */
const nothing = z.strictObject({ uninstalled: z.literal(false) });
const place = { service: text, file: text };

/** `data` of `psn worker …`. A second word is one of the line that makes it another answer. */
export const WORKER = {
  run: z.strictObject({ ended: z.enum(["stopped", "idle", "second", "relieved"]) }),
  // A service that was stopped comes back.
  stop: z.union([stopped, stopped.extend({ service: text, comesBack: text, next: text })]),
  // Null: the database does not say, and why stands in `attention`.
  status: z.strictObject({
    running: z.boolean().nullable(),
    pid: pid.exactOptional(),
    host: text.exactOptional(),
    since: instant.exactOptional(),
    byService: z.boolean().exactOptional(),
    log: text.exactOptional(),
    service: service.exactOptional(),
    attention: z.array(trouble).exactOptional(),
  }),
  "install --dry-run": z.strictObject({
    dryRun: z.literal(true),
    change,
    ...place,
    content: text,
    commands: z.array(text),
  }),
  install: z.strictObject({
    installed: z.literal(true),
    change,
    ...place,
    log: text,
    serving: z.enum(["yes", "standby", "no"]),
    pid: pid.exactOptional(),
    host: text.exactOptional(),
    outlivesLogout: z.boolean(),
    next: text.exactOptional(),
  }),
  "uninstall --dry-run": z.union([
    nothing.extend({ dryRun: z.literal(true) }),
    z.strictObject({ dryRun: z.literal(true), ...place }),
  ]),
  uninstall: z.discriminatedUnion("uninstalled", [nothing, z.strictObject({ uninstalled: z.literal(true), ...place })]),
};
