import type { RetrieveRunResult, TriggerClient } from "@trigger.dev/sdk";
import { engineFailure } from "../../../engine/trigger/failures.ts";
import { type HealthReport, healthReport } from "../../../hub/health.ts";
import { silentWorker, unfitWorker } from "./errors.ts";
import type { Link } from "./link.ts";

/** The task's id, as src/trigger has it. */
const TASK = "psn-health";
const DEPLOY = "psn setup deploy";
const HTTP_ATTEMPTS = 2;
const LOOK_MS = 500;
/** A run that nobody has taken is of no use to anybody soon after nobody waits for it any more. */
const OUTLIVES_MS = 30_000;
/** A run of a task that no deployment has waits for one for ever; one that was just deployed may wait for a moment. */
const NO_VERSION_MS = 5_000;

/** What a worker said of itself. */
export interface Answer {
  readonly run: string;
  /** Of the deployment that answered, as Trigger.dev numbers them. */
  readonly version: string | undefined;
  readonly report: HealthReport;
}

type Run = RetrieveRunResult<unknown>;

/**
 * Has the deployed worker look at itself and waits for what it says, `limitMs` at most; `tidy` takes secrets out of what
 * a failed run says. Throws PsnError `engine_unavailable` when nobody answers, `worker_unfit` when what ran can't answer.
 */
export async function askWorker(link: Link, limitMs: number, tidy: (text: string) => string): Promise<Answer> {
  const client = await clientFor(link);
  const begun = performance.now();
  let run = "";
  try {
    run = (await client.tasks.trigger(TASK, {}, { ttl: `${Math.ceil((limitMs + OUTLIVES_MS) / 1000)}s` })).id;
    for (;;) {
      const now: Run = await client.runs.retrieve(run);
      const waited = performance.now() - begun;
      const answer = answerOf(now, tidy);
      if (answer !== undefined) return answer;
      if (now.status === "PENDING_VERSION" && waited >= Math.min(limitMs, NO_VERSION_MS)) throw notDeployed(run);
      if (waited >= limitMs) throw silentWorker(now.status, Math.round(limitMs / 1000), run);
      await Bun.sleep(LOOK_MS);
    }
  } catch (error) {
    // Best effort: its ttl ends it, too.
    if (run !== "") await client.runs.cancel(run).catch(() => undefined);
    throw engineFailure(error);
  }
}

async function clientFor({ secretKey, apiUrl }: Link): Promise<TriggerClient> {
  const { TriggerClient: Client } = await import("@trigger.dev/sdk");
  const retry = { maxAttempts: HTTP_ATTEMPTS, minTimeoutInMs: 300, maxTimeoutInMs: 1_000, factor: 2 };
  return new Client({ accessToken: secretKey.reveal(), baseURL: apiUrl, requestOptions: { retry } });
}

/** Undefined while the run goes on. */
function answerOf(now: Run, tidy: (text: string) => string): Answer | undefined {
  const { id: run, status, version, output, error } = now;
  switch (status) {
    case "DELAYED":
    case "PENDING_VERSION":
    case "QUEUED":
    case "DEQUEUED":
    case "EXECUTING":
    case "WAITING":
      return undefined;
    case "COMPLETED": {
      const report = healthReport.safeParse(output);
      if (report.success) return { run, version, report: report.data };
      throw unfitWorker("psn-health says something that this psn does not know: another version is deployed.", DEPLOY, {
        run,
        version,
      });
    }
    case "EXPIRED":
      throw unfitWorker("Nobody took psn-health before its time ran out.", "psn setup deploy --check", { run, status });
    default: {
      const said = error === undefined ? "" : `: ${tidy(error.message).slice(0, 300)}`;
      throw unfitWorker(`psn-health ended as ${status}${sentence(said)}`, DEPLOY, { run, version, status });
    }
  }
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const notDeployed = (run: string) =>
  unfitWorker("Nothing that knows psn-health is deployed there.", DEPLOY, { run, status: "PENDING_VERSION" });
