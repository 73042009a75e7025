import type { Environment } from "./environment.ts";

export const RUN_STATUSES = [
  "PENDING_VERSION",
  "DELAYED",
  "QUEUED",
  "DEQUEUED",
  "EXECUTING",
  "WAITING",
  "COMPLETED",
  "CANCELED",
  "FAILED",
  "CRASHED",
  "SYSTEM_FAILURE",
  "EXPIRED",
  "TIMED_OUT",
] as const;

export type RunStatus = (typeof RUN_STATUSES)[number];

export interface RunError {
  readonly name?: string | undefined;
  readonly message: string;
  readonly stackTrace?: string | undefined;
}

/** A run as the platform keeps it. What only the platform knows, such as the queue, its API does not tell. */
export interface Run {
  readonly id: string;
  readonly env: Environment;
  readonly taskId: string;
  readonly payload: unknown;
  readonly tags: readonly string[];
  readonly queue: string | null;
  readonly concurrencyKey: string | null;
  readonly maxAttempts: number;
  readonly createdAt: Date;
  /** What the caller called the key before it was hashed; the API shows this one. */
  readonly keyName: string | null;
  readonly keyExpiresAt: Date;
  /** As sent, also when it can't be read and therefore never ends anything. Counts from `queuedAt`. */
  readonly ttl: string | null;
  /** Null once it is released or reset. */
  idempotencyKey: string | null;
  status: RunStatus;
  updatedAt: Date;
  delayedUntil: Date | null;
  queuedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  expiredAt: Date | null;
  version: string | null;
  attemptCount: number;
  durationMs: number;
  output: unknown;
  error: RunError | null;
  /** While EXECUTING between two attempts: when the next one is due. */
  nextAttemptAt: Date | null;
  /** When the platform notices that nobody executes it any more. */
  stallsAt: Date | null;
  /** Cancelled while EXECUTING: when the worker has said that it stopped. */
  stoppedAt: Date | null;
}

/** A second trigger with the key of such a run makes a new run. CANCELED and COMPLETED keep theirs. */
const RELEASING = new Set<RunStatus>(["FAILED", "CRASHED", "SYSTEM_FAILURE", "TIMED_OUT", "EXPIRED"]);
const OVER = new Set<RunStatus>([...RELEASING, "COMPLETED", "CANCELED"]);

export const releasesKey = ({ status }: Run): boolean => RELEASING.has(status);
export const isOver = ({ status }: Run): boolean => OVER.has(status);

/** The platform's own idea of completed: EXPIRED is neither completed nor failed, and by its source nor is TIMED_OUT. */
const COMPLETED = new Set<RunStatus>(["COMPLETED", "CANCELED", "FAILED", "CRASHED", "SYSTEM_FAILURE"]);

function booleans(status: RunStatus) {
  const isCompleted = COMPLETED.has(status);
  return {
    isQueued: status === "QUEUED" || status === "DELAYED" || status === "PENDING_VERSION",
    isExecuting: status === "EXECUTING" || status === "DEQUEUED",
    isCompleted,
    isFailed: isCompleted && status !== "COMPLETED",
    isSuccess: status === "COMPLETED",
    isCancelled: status === "CANCELED",
    isWaiting: status === "WAITING",
  };
}

/** What a single run and an entry of the list have in common. `undefined` leaves the field out. */
function common(run: Run) {
  return {
    id: run.id,
    taskIdentifier: run.taskId,
    idempotencyKey: run.keyName ?? run.idempotencyKey ?? undefined,
    version: run.version ?? undefined,
    status: run.status,
    createdAt: run.createdAt,
    startedAt: run.startedAt ?? undefined,
    updatedAt: run.updatedAt,
    finishedAt: run.finishedAt ?? undefined,
    expiredAt: run.expiredAt ?? undefined,
    delayedUntil: run.delayedUntil ?? undefined,
    ttl: run.ttl ?? undefined,
    costInCents: 0,
    baseCostInCents: 0,
    durationMs: run.durationMs,
    isTest: false,
    depth: 0,
    tags: [...run.tags].sort(),
    ...booleans(run.status),
    region: run.env.slug === "dev" ? run.env.id : "local",
  };
}

/** The answer of `GET /api/v3/runs/:id`. `attempts` is always empty. */
export function shownRun(run: Run) {
  return {
    ...common(run),
    triggerFunction: "trigger",
    payload: run.payload,
    output: run.output,
    error: run.error ?? undefined,
    attemptCount: run.attemptCount,
    attempts: [],
    relatedRuns: { children: [] },
  };
}

/** An entry of `GET /api/v1/runs`: without payload, output and error. */
export function listedRun(run: Run) {
  const user = run.env.slug === "dev" ? "Local Developer" : undefined;
  return { ...common(run), env: { id: run.env.id, name: run.env.slug, user }, taskKind: "STANDARD" };
}

export type ListedRun = ReturnType<typeof listedRun>;
