import { PsnError } from "../../../core/errors.ts";

/** Where Trigger.dev shows its keys. */
const PAGE = "the project's page at Trigger.dev, under API keys";

/** `why`: what kind of key it is instead, as a sentence. The key itself is never repeated. */
export const wrongKey = (why: string, project: string) =>
  new PsnError("config_invalid", `${why} psn needs the environment's own secret key.`, {
    next: `copy the production key (tr_prod_…) from ${PAGE}, then: psn setup trigger ${project} --stdin`,
  });

export const refusedKey = (project: string, apiUrl: string) =>
  new PsnError("config_invalid", `Trigger.dev (${apiUrl}) does not accept this key.`, {
    next: `copy the production key again from ${PAGE}, then: psn setup trigger ${project} --stdin`,
  });

export const otherProject = (project: string) =>
  new PsnError("config_invalid", `This key belongs to another project than ${project}.`, {
    next: "give the project ref and the production key of one project: psn setup trigger PROJECT_REF --stdin",
  });

/** `said`: what came instead of an answer. */
export const noAnswer = (apiUrl: string, said: string, cause?: unknown) =>
  new PsnError("engine_unavailable", `Trigger.dev does not answer at ${apiUrl}.`, {
    next: "see to the network, or to TRIGGER_API_URL, then run the command again",
    details: { said },
    cause,
  });

export const notLinked = () =>
  new PsnError("not_set_up", "psn is not linked to a project at Trigger.dev.", {
    next: "psn setup trigger PROJECT_REF --stdin",
  });

/** Posts of the engine wait in the project that psn is linked to; another one knows nothing of them. */
export const stillInUse = (project: string, environment: string) =>
  new PsnError(
    "wrong_state",
    `Posts are armed at Trigger.dev in ${project} (${environment}), and would be left there.`,
    {
      next: "psn setup engine local",
    },
  );

export const interrupted = (log: string) =>
  new PsnError("interrupted", `Interrupted. The deploy may have got through all the same; its log is ${log}.`, {
    next: "psn setup deploy --check",
  });

/** `said`: the tool's own last words, without secrets. */
export const deployFailed = (why: string, log: string, said: readonly string[]) =>
  new PsnError("deploy_failed", `${why} The log is ${log}.`, {
    next: `look into ${log}, then: psn setup deploy`,
    details: { log, said },
  });

export const notReached = (apiUrl: string, log: string, said: readonly string[]) =>
  new PsnError(
    "engine_unavailable",
    `Nothing was deployed: Trigger.dev does not answer at ${apiUrl}. The log is ${log}.`,
    {
      next: "see to the network, or to TRIGGER_API_URL, then: psn setup deploy",
      details: { log, said },
    },
  );

/** The deploy went well by the CLI's word, and the proof did not. Anything unknown stays what it is. */
export function unproven(error: unknown, made: { version: string | undefined; log: string }): unknown {
  if (!(error instanceof PsnError)) return error;
  const { code, message, next = "psn setup deploy --check", details } = error;
  return new PsnError(code, `It is deployed, and not proven: ${message}`, {
    next,
    details: { ...details, deployed: true, version: made.version ?? null, log: made.log },
    cause: error,
  });
}

/** The deployed worker ran and could not do its work, or is not there at all. */
export const unfitWorker = (why: string, next: string, details: Record<string, unknown>) =>
  new PsnError("worker_unfit", why, { next, details });

/** Nobody executed the run in time. */
export const silentWorker = (status: string, seconds: number, run: string) =>
  new PsnError("engine_unavailable", `psn-health was still ${status} after ${seconds} seconds.`, {
    next: "see on the project's page whether the environment is paused or out of credit, then: psn setup deploy --check",
    details: { run, status },
  });

export const noKeyYet = () =>
  new PsnError("key_missing", "There is no encryption key yet.", { next: "psn setup status" });
