import type { RetrieveRunResult, TriggerClient } from "@trigger.dev/sdk";
import type { Secret } from "../../core/secret.ts";
import type { Alarm, Engine, RunState } from "../port.ts";
import { engineFailure, isUnknownRun, keyTaken } from "./failures.ts";
import { alarmKey, keyLifetime } from "./key.ts";

/** The task that publishes: its id is part of every delayed run and never changes. */
const PUBLISH_TASK = "publish-post";
const PUBLISH_QUEUE = "publish-post";

export interface TriggerEngineOptions {
  readonly secretKey: Secret;
  /** `https://api.trigger.dev`, or the address of one's own installation. */
  readonly apiUrl: string;
  readonly now: () => Date;
  /** For one call, its repetition included, in milliseconds. @default 15_000 */
  readonly timeoutMs?: number;
}

/** A run needs a moment to start; the body waits for the very instant. */
const RING_EARLY_MS = 3_000;
/** A delay in the past rings at once too, but the platform takes any text for one: only a checked instant is sent. */
const SOONEST_MS = 1_000;
/** What the platform rounds. */
const SAME_MS = 2_000;
/** A container that starts cold takes seconds; a run that was begun and is lost stands so for five minutes. */
const CLAIMS_WITHIN_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 15_000;
/** More would keep a command waiting for ten seconds where nobody answers. */
const HTTP_ATTEMPTS = 2;

/**
 * The alarm clock at Trigger.dev. The SDK is loaded here and nowhere else in the command lines: it takes a quarter of a
 * second. Every method rejects with PsnError `engine_unavailable`.
 */
export async function openTriggerEngine(options: TriggerEngineOptions): Promise<Engine & { close(): Promise<void> }> {
  const { TriggerClient: Client } = await import("@trigger.dev/sdk");
  const { secretKey, apiUrl, now, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  // A client of its own: nothing of the surroundings' TRIGGER_* is mixed in.
  const client: TriggerClient = new Client({
    accessToken: secretKey.reveal(),
    baseURL: apiUrl,
    requestOptions: { retry: { maxAttempts: HTTP_ATTEMPTS, minTimeoutInMs: 300, maxTimeoutInMs: 1_000, factor: 2 } },
  });
  const asked = <T>(call: Promise<T>) => inTime(call, timeoutMs);

  return {
    name: "trigger",
    claimsWithinMs: CLAIMS_WITHIN_MS,

    async arm(alarm: Alarm): Promise<string> {
      const { at, accountId, ...payload } = alarm;
      const ringAt = new Date(Math.max(at.getTime() - RING_EARLY_MS, now().getTime() + SOONEST_MS));
      const run = await asked(
        client.tasks.trigger(PUBLISH_TASK, payload, {
          delay: ringAt,
          idempotencyKey: await alarmKey(payload),
          idempotencyKeyTTL: keyLifetime(at, now()),
          queue: PUBLISH_QUEUE,
          concurrencyKey: accountId,
          tags: [`post:${alarm.postId}`, `account:${accountId}`],
        }),
      );
      if ("isCached" in run && run.isCached === true) await mustBe(run.id, ringAt);
      return run.id;
    },

    async disarm(runId: string): Promise<void> {
      try {
        await asked(client.runs.cancel(runId));
      } catch (error) {
        if (!isUnknownRun(error)) throw error;
      }
    },

    async inspect(runId: string): Promise<RunState> {
      try {
        return stateOf(await asked(client.runs.retrieve(runId)));
      } catch (error) {
        if (isUnknownRun(error)) return "lost";
        throw error;
      }
    },

    close: () => Promise.resolve(),
  };

  /**
   * The platform had this arm already, whose answer was lost, and passes over what is asked now: what it has must be the
   * same. Otherwise the alarm counts as not armed, and the next one has another number and so another key.
   */
  async function mustBe(runId: string, ringAt: Date): Promise<void> {
    const run = await asked(client.runs.retrieve(runId));
    const state = stateOf(run);
    const off = Math.abs((run.delayedUntil?.getTime() ?? 0) - ringAt.getTime());
    if (state === "ended" || state === "lost" || (run.status === "DELAYED" && off > SAME_MS)) {
      throw keyTaken(run.status);
    }
  }
}

function stateOf({ status }: Pick<RetrieveRunResult<unknown>, "status">): RunState {
  switch (status) {
    case "DELAYED":
    case "QUEUED":
    case "PENDING_VERSION":
      return "waiting";
    case "DEQUEUED":
    case "EXECUTING":
    case "WAITING":
      return "running";
    default:
      // Tested by name: an expired run says of itself that it is not completed.
      return "ended";
  }
}

async function inTime<T>(call: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([call, late]);
  } catch (error) {
    throw isUnknownRun(error) ? error : engineFailure(error);
  } finally {
    clearTimeout(timer);
  }
}
