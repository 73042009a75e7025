import { randomBytes } from "node:crypto";
import type { Deployment, Environment } from "./environment.ts";
import { deployTo } from "./environment.ts";
import type { Refusal } from "./refusal.ts";
import { isOver, type Run, type RunError, type RunStatus, releasesKey } from "./run.ts";
import { delayedTo, durationMs, durationText, keyLifetimeMs } from "./times.ts";
import { type TriggerBody, tagsOf } from "./trigger-body.ts";

/** In development a queued run waits ten minutes for a worker; in production for ever. */
const DEV_TTL = "10m";
const DEFAULT_MAX_ATTEMPTS = 3;
/** After a cancel, until the worker that executed the run has stopped. */
const STOPPING_MS = 100;
const LOST: RunError = { message: "trigger.dev internal error (TASK_RUN_STALLED_EXECUTING)" };

/** Key and ttl as REST callers may send them: as headers, which win over the body. */
export interface KeyHeaders {
  readonly key: string | null;
  readonly ttl: string | null;
}

/** The runs and their rules. Time has no thread of its own here: what is due happens before anybody looks. */
export class RunBook {
  readonly #runs = new Map<string, Run>();
  readonly #now: () => Date;
  readonly #changed: (run: Run, at: Date) => void;

  /** `changed` hears of every change, with the instant at which it happened. */
  constructor(now: () => Date, changed: (run: Run, at: Date) => void) {
    this.#now = now;
    this.#changed = changed;
  }

  now(): Date {
    return this.#now();
  }

  /** All runs, the oldest first. */
  all(): readonly Run[] {
    for (const run of this.#runs.values()) this.#settle(run);
    return [...this.#runs.values()];
  }

  /** Null where this environment has no such run. */
  find(id: string, env?: Environment): Run | null {
    const run = this.#runs.get(id);
    if (run === undefined || (env !== undefined && run.env !== env)) return null;
    this.#settle(run);
    return run;
  }

  /** One run per live key and task; with a cached run, the new payload and delay are ignored. */
  trigger(env: Environment, taskId: string, body: TriggerBody, headers: KeyHeaders): { run: Run; isCached: boolean } {
    const key = headers.key ?? body.options.idempotencyKey ?? null;
    const kept = key === null ? null : this.#keeperOf(env, taskId, key);
    if (kept !== null) return { run: kept, isCached: true };
    return { run: this.#create(env, taskId, body, { ...headers, key }), isCached: false };
  }

  /** Whatever the state, the platform says yes; a run that is over stays as it is. */
  cancel(run: Run): void {
    if (isOver(run)) return;
    const now = this.#now();
    const executing = run.status === "EXECUTING" || run.status === "DEQUEUED";
    if (executing) run.stoppedAt = new Date(now.getTime() + STOPPING_MS);
    run.error = { message: "Canceled by user" };
    this.change(run, "CANCELED", now);
  }

  reschedule(run: Run, delay: string | Date): Refusal | null {
    if (run.status !== "DELAYED") return { status: 400, error: "Cannot reschedule a run that is not delayed" };
    const until = delayedTo(delay, this.#now());
    if (until === null) return { status: 400, error: `Invalid delay: ${delay}` };
    run.delayedUntil = until;
    this.change(run, "DELAYED", this.#now());
    return null;
  }

  /** Frees a key; false when no run of the task has it. */
  resetKey(env: Environment, taskId: string, key: string): boolean {
    const holders = this.all().filter((run) => run.env === env && run.taskId === taskId && run.idempotencyKey === key);
    for (const run of holders) run.idempotencyKey = null;
    return holders.length > 0;
  }

  /** From now on the environment knows these tasks and queues: what waited for one of them goes on. */
  deploy(env: Environment, deployment: Deployment): void {
    deployTo(env, deployment, this.#now());
    for (const run of this.all()) {
      if (run.env === env && run.status === "PENDING_VERSION") this.#enqueue(run, this.#now());
    }
  }

  change(run: Run, status: RunStatus, at: Date): void {
    run.status = status;
    run.updatedAt = at;
    if (isOver(run)) {
      run.nextAttemptAt = null;
      run.stallsAt = null;
    }
    this.#changed(run, at);
  }

  expire(run: Run, at: Date): void {
    run.expiredAt = at;
    run.finishedAt = at;
    run.error = { message: `Run expired because the TTL (${run.ttl}) was reached` };
    this.change(run, "EXPIRED", at);
  }

  #keeperOf(env: Environment, taskId: string, key: string): Run | null {
    for (const run of this.all()) {
      if (run.env !== env || run.taskId !== taskId || run.idempotencyKey !== key) continue;
      if (run.keyExpiresAt >= this.#now() && !releasesKey(run)) return run;
      run.idempotencyKey = null;
    }
    return null;
  }

  #create(env: Environment, taskId: string, body: TriggerBody, headers: KeyHeaders): Run {
    const { options } = body;
    const now = this.#now();
    const delay = options.delay;
    const lifetime = keyLifetimeMs(headers.ttl ?? options.idempotencyKeyTTL);
    const run: Run = {
      id: `run_c${BigInt(`0x${randomBytes(16).toString("hex")}`)
        .toString(36)
        .slice(-24)
        .padStart(24, "0")}`,
      env,
      taskId,
      payload: body.payload,
      tags: tagsOf(body),
      queue: options.queue?.name ?? null,
      concurrencyKey: options.concurrencyKey ?? null,
      maxAttempts: options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
      createdAt: now,
      keyName: options.idempotencyKeyOptions?.key ?? null,
      keyExpiresAt: new Date(now.getTime() + lifetime),
      ttl: ttlOf(env, options.ttl),
      idempotencyKey: headers.key,
      status: "DELAYED",
      updatedAt: now,
      delayedUntil: delay === undefined ? null : delayedTo(delay, now),
      queuedAt: null,
      startedAt: null,
      finishedAt: null,
      expiredAt: null,
      version: null,
      attemptCount: 0,
      durationMs: 0,
      output: undefined,
      error: null,
      nextAttemptAt: null,
      stallsAt: null,
      stoppedAt: null,
    };
    this.#runs.set(run.id, run);
    if (run.delayedUntil === null) this.#enqueue(run, now);
    else this.change(run, "DELAYED", now);
    return run;
  }

  /** Does what is due, each at its own instant. */
  #settle(run: Run): void {
    const now = this.#now();
    if (run.status === "DELAYED" && run.delayedUntil !== null && run.delayedUntil <= now) {
      this.#enqueue(run, run.delayedUntil);
    }
    if (run.status === "QUEUED" && run.queuedAt !== null) {
      const ttl = durationMs(run.ttl ?? "");
      const end = ttl === null ? null : new Date(run.queuedAt.getTime() + ttl);
      if (end !== null && end <= now) this.expire(run, end);
    }
    if (run.status === "EXECUTING" && run.stallsAt !== null && run.stallsAt <= now) this.#stall(run, run.stallsAt);
    if (run.stoppedAt !== null && run.stoppedAt <= now) {
      run.finishedAt = run.stoppedAt;
      run.stoppedAt = null;
      this.change(run, run.status, run.finishedAt);
    }
  }

  #enqueue(run: Run, at: Date): void {
    const { deployment } = run.env;
    const known =
      deployment?.tasks.includes(run.taskId) === true && (run.queue === null || deployment.queues.includes(run.queue));
    if (known) run.queuedAt = at;
    this.change(run, known ? "QUEUED" : "PENDING_VERSION", at);
  }

  /** Nobody executes it any more: production tries again, development gives up. */
  #stall(run: Run, at: Date): void {
    run.stallsAt = null;
    if (run.env.slug === "prod" && run.attemptCount < run.maxAttempts) {
      run.nextAttemptAt = at;
      this.change(run, "EXECUTING", at);
      return;
    }
    run.finishedAt = at;
    run.error = LOST;
    this.change(run, run.env.slug === "dev" ? "CANCELED" : "FAILED", at);
  }
}

function ttlOf(env: Environment, ttl: string | number | undefined): string | null {
  if (typeof ttl === "number") return durationText(ttl);
  return ttl ?? (env.slug === "dev" ? DEV_TTL : null);
}
