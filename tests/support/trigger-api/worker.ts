import { isOver, type Run, type RunError, type RunStatus } from "./run.ts";
import type { RunBook } from "./run-book.ts";

/** What a task gets when its run starts. */
export interface Ring {
  readonly runId: string;
  readonly taskId: string;
  readonly payload: unknown;
  /** 1 for the first. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
}

/** Executes a task: what it returns is the run's output, what it throws makes it FAILED, `RetryAt` makes it wait. */
export type OnRing = (ring: Ring) => Promise<unknown>;

/** Thrown by a task that wants another attempt. On its last attempt it fails the run like any other error. */
export class RetryAt extends Error {
  readonly at: Date;

  constructor(at: Date, message = "not now") {
    super(message);
    this.name = "RetryAt";
    this.at = at;
  }
}

/** The platform calls a run lost when its runner has been silent for so long (measured in production). */
const HEARTBEAT_MS = 5 * 60_000;

/** What the machines do that execute runs. Nothing happens unless a test says so: the clock alone starts no run. */
export class Worker {
  readonly #book: RunBook;
  readonly #aborts = new Map<string, AbortController>();
  #onRing: OnRing | null;

  constructor(book: RunBook, onRing: OnRing | null) {
    this.#book = book;
    this.#onRing = onRing;
  }

  onRing(execute: OnRing): void {
    this.#onRing = execute;
  }

  /** What a worker would take now, in the order of the queue: by due time. */
  due(): readonly Run[] {
    const waiting = this.#book.all().flatMap((run) => {
      const at = dueAt(run);
      return at !== null && at <= this.#book.now() ? [{ run, at }] : [];
    });
    return waiting.sort((a, b) => a.at.getTime() - b.at.getTime()).map(({ run }) => run);
  }

  /** When the next run becomes due, now or later; null when none will. */
  nextDueAt(): Date | null {
    const times = this.#book.all().flatMap((run) => {
      const at = run.status === "DELAYED" ? run.delayedUntil : dueAt(run);
      return at === null ? [] : [at.getTime()];
    });
    return times.length === 0 ? null : new Date(Math.min(...times));
  }

  /** Executes a run that is due and waits for its end. A result that comes too late is dropped, as there. */
  async ring(runId: string): Promise<Run> {
    if (this.#onRing === null) throw new Error("Nobody executes runs here: give onRing.");
    const run = this.begin(runId);
    const { taskId, payload, attemptCount: attempt, maxAttempts } = run;
    const abort = new AbortController();
    this.#aborts.set(runId, abort);
    const mine = (): boolean => this.#one(runId).status === "EXECUTING" && run.attemptCount === attempt;
    try {
      const output = await this.#onRing({ runId, taskId, payload, attempt, maxAttempts, signal: abort.signal });
      if (mine()) this.complete(runId, output);
    } catch (error) {
      // The task's failure is the run's: the platform keeps it and nobody else hears of it.
      if (!mine()) return run;
      if (error instanceof RetryAt && attempt < maxAttempts) this.retry(runId, error.at);
      else this.fail(runId, error);
    } finally {
      this.#aborts.delete(runId);
    }
    return run;
  }

  /** Executes one after the other what is due, until nothing is. */
  async ringDue(): Promise<readonly Run[]> {
    const rung: Run[] = [];
    for (let next = this.due()[0]; next !== undefined; next = this.due()[0]) rung.push(await this.ring(next.id));
    return rung;
  }

  /** A machine takes the run and has not started it yet. */
  dequeue(runId: string): Run {
    const run = this.#one(runId);
    if (run.status !== "QUEUED") throw new Error(`${runId} is ${run.status}: only what is QUEUED can be taken.`);
    run.startedAt = this.#book.now();
    run.version = run.env.deployment?.version ?? null;
    this.#book.change(run, "DEQUEUED", this.#book.now());
    return run;
  }

  /** An attempt starts. */
  begin(runId: string): Run {
    const run = this.#one(runId);
    if (run.status === "QUEUED") this.dequeue(runId);
    else if (run.status !== "DEQUEUED" && !this.due().includes(run)) {
      throw new Error(`${runId} is ${run.status}: not due.`);
    }
    run.attemptCount += 1;
    run.nextAttemptAt = null;
    this.#book.change(run, "EXECUTING", this.#book.now());
    return run;
  }

  /** The attempt failed and another one follows; until then the run says EXECUTING. */
  retry(runId: string, at: Date): void {
    const run = this.#executing(runId);
    run.nextAttemptAt = at;
    this.#book.change(run, "EXECUTING", this.#book.now());
  }

  /** Ends a run that is due or executing. */
  complete(runId: string, output?: unknown): void {
    const run = this.#executing(runId);
    run.output = output;
    this.#end(run, "COMPLETED", null);
  }

  fail(runId: string, error: unknown = new Error("failed")): void {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    this.#end(this.#executing(runId), "FAILED", { name, message, stackTrace: stack });
  }

  /** The task's process died. No further attempt, and no hook of the task runs. */
  crash(runId: string, code = "TASK_PROCESS_MAYBE_OOM_KILLED"): void {
    this.#end(this.#executing(runId), "CRASHED", internal(code));
  }

  timeOut(runId: string): void {
    this.#end(this.#executing(runId), "TIMED_OUT", internal("MAX_DURATION_EXCEEDED"));
  }

  breakDown(runId: string): void {
    this.#end(this.#executing(runId), "SYSTEM_FAILURE", internal("TASK_RUN_DEQUEUED_MAX_RETRIES"));
  }

  /** The ttl ran out before a worker came. */
  expire(runId: string): void {
    const run = this.#one(runId);
    if (isOver(run) || run.attemptCount > 0) throw new Error(`${runId} is ${run.status}: it can't expire.`);
    this.#book.expire(run, this.#book.now());
  }

  /**
   * The whole machine is gone. After five minutes production attempts the run again, while the first process may
   * still be at it; development cancels it.
   */
  lose(runId: string): void {
    const run = this.#executing(runId);
    run.stallsAt = new Date(this.#book.now().getTime() + HEARTBEAT_MS);
  }

  /** Tells the execution of a run that it was cancelled. */
  abort(runId: string): void {
    this.#aborts.get(runId)?.abort();
  }

  #one(runId: string): Run {
    const run = this.#book.find(runId);
    if (run === null) throw new Error(`There is no run ${runId}.`);
    return run;
  }

  #executing(runId: string): Run {
    const run = this.#one(runId);
    return run.status === "EXECUTING" ? run : this.begin(runId);
  }

  #end(run: Run, status: RunStatus, error: RunError | null): void {
    const now = this.#book.now();
    run.finishedAt = now;
    run.error = error;
    if (status === "COMPLETED" || status === "FAILED") {
      run.durationMs = now.getTime() - (run.startedAt ?? now).getTime();
    }
    this.#book.change(run, status, now);
  }
}

const internal = (code: string): RunError => ({ message: `trigger.dev internal error (${code})` });

/** When the next attempt may start; null while nobody may start one. */
function dueAt(run: Run): Date | null {
  if (run.status === "QUEUED") return run.queuedAt;
  return run.status === "EXECUTING" ? run.nextAttemptAt : null;
}
