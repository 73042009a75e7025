import { z } from "zod";
import { loadConfig } from "../../../src/config/load.ts";
import { variablesFrom } from "../../../src/trigger/support/variables.ts";
import type { Person } from "../person.ts";
import type { Run } from "../trigger-api/run.ts";
import type { TriggerApi } from "../trigger-api/trigger-api.ts";
import { type OnRing, RetryAt } from "../trigger-api/worker.ts";
import { type Machine, startMachine } from "./machines.ts";
import type { AttemptEnd } from "./messages.ts";

const TASKS = ["publish-post", "watchdog", "token-refresher", "psn-health"] as const;
export type TaskId = (typeof TASKS)[number];

export interface DeployedWorkerOptions {
  /** How often the watchdog's schedule comes while it serves; the real one every five minutes. @default never */
  readonly watchdogEveryMs?: number;
  /** Runs that are executed at the same time. @default 3 */
  readonly atOnce?: number;
  /** Whether a process executes one run after the other, as with the platform's `processKeepAlive`. @default false */
  readonly keepProcesses?: boolean;
}

/** psn's tasks as they are deployed for a person, executed in the real worker process. */
export interface DeployedWorker extends AsyncDisposable {
  /** What `startTriggerApi` and `api.worker.onRing` take; the API that it was started with has it already. */
  readonly onRing: OnRing;
  /** The variables that every run is given. A test may change them, as a deploy does. */
  readonly env: Record<string, string>;
  readonly machine: Machine;
  /** Executes one attempt of a task, beside the API. */
  attempt(taskId: TaskId, payload?: unknown, attempt?: number): Promise<AttemptEnd>;
  /** Starts a run of a task at the API, as a schedule does. Somebody has to ring it. Returns its id. */
  start(taskId: TaskId): Promise<string>;
  /**
   * From now on rings runs as they become due, each account's one after the other, by the real clock: what the platform
   * does by itself. Ends with `stop`.
   */
  serve(): void;
  stop(): Promise<void>;
}

const LOOK_MS = 50;

/**
 * Deploys psn's tasks for this person to a stand-in of the API. Their settings are what `psn setup deploy` hands over,
 * and nothing else: no file, no folder, no variable of this machine.
 */
export async function deployWorker(
  person: Person,
  api: TriggerApi,
  { watchdogEveryMs, atOnce = 3, keepProcesses = false }: DeployedWorkerOptions = {},
): Promise<DeployedWorker> {
  const machine = await startMachine({ keepProcesses });
  const env = variablesOf(person, api);
  api.deploy({ tasks: TASKS, queues: TASKS });
  let serving: Promise<void> | undefined;
  let stopped = false;
  let runs = 0;

  const onRing: OnRing = async ({ runId, taskId, payload, attempt, signal }) => {
    // psn's triggers say nothing of attempts: the task does.
    const made = { runId, taskId, payload: JSON.stringify(payload ?? {}), attempt, maxAttempts: null, env };
    const end = await machine.execute(made, signal);
    switch (end.kind) {
      case "completed":
        return end.output;
      case "failed":
        if (end.retryAt !== null) throw new RetryAt(new Date(end.retryAt), end.message);
        throw Object.assign(new Error(end.message), { name: end.name });
      case "died":
        if (api.run(runId).status === "EXECUTING") api.worker.crash(runId, end.code);
        return undefined;
    }
  };

  const start = async (taskId: TaskId): Promise<string> => {
    const response = await fetch(`${api.url}/api/v1/tasks/${taskId}/trigger`, {
      method: "POST",
      headers: { authorization: `Bearer ${api.secretKey}`, "content-type": "application/json" },
      body: JSON.stringify({ payload: {}, options: {} }),
    });
    return z.object({ id: z.string() }).parse(await response.json()).id;
  };

  async function ringWhileServing(): Promise<void> {
    const ringing = new Set<Promise<unknown>>();
    for (let nextTick = performance.now(); !stopped; await Bun.sleep(LOOK_MS)) {
      if (watchdogEveryMs !== undefined && performance.now() >= nextTick) {
        nextTick += watchdogEveryMs;
        // An API that is unplugged misses the tick.
        await Promise.allSettled([start("watchdog")]);
      }
      for (const run of free(api)) {
        if (ringing.size >= atOnce) break;
        const ring = api.worker.ring(run.id).finally(() => ringing.delete(ring));
        ringing.add(ring);
      }
    }
    await Promise.allSettled(ringing);
  }

  const stop = async () => {
    stopped = true;
    await machine.stop();
    await serving;
  };
  api.worker.onRing(onRing);
  return {
    onRing,
    env,
    machine,
    start,
    attempt(taskId, payload = {}, attempt = 1) {
      runs += 1;
      const made = {
        runId: `run_beside${runs}`,
        taskId,
        payload: JSON.stringify(payload),
        attempt,
        maxAttempts: null,
        env,
      };
      return machine.execute(made);
    },
    serve() {
      serving ??= ringWhileServing();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** What may start now: the first that is due in each lane in which nothing runs. */
function free(api: TriggerApi): Run[] {
  const lane = ({ taskId, queue, concurrencyKey }: Run) => `${queue ?? taskId} ${concurrencyKey}`;
  const due = api.worker.due();
  const taken = new Set(
    api
      .runs()
      .filter((run) => run.status === "EXECUTING" && !due.includes(run))
      .map(lane),
  );
  return due.filter((run) => {
    const isFree = !taken.has(lane(run));
    taken.add(lane(run));
    return isFree;
  });
}

/** As a deploy stores them, and the two that the platform adds. */
function variablesOf(person: Person, api: TriggerApi): Record<string, string> {
  const { encryptionKey } = loadConfig({ env: person.env, home: person.home, cwd: person.home });
  const given = { ...person.env, PSN_ENCRYPTION_KEY: encryptionKey?.reveal() };
  return {
    ...Object.fromEntries(variablesFrom(given).map(({ name, value }) => [name, value])),
    HOME: "/",
    TRIGGER_API_URL: api.url,
    TRIGGER_SECRET_KEY: api.secretKey,
  };
}
