/**
 * When the platform tries a run again that threw. Below 30 seconds a run keeps its place in its queue meanwhile; above,
 * it gives it up (Trigger.dev 4.5.12, run engine). No task has a `catchError`: on the last attempt, one that answers with
 * a time would take the end of the run from it.
 */
interface Retries {
  readonly maxAttempts: number;
  readonly minTimeoutInMs: number;
  readonly maxTimeoutInMs: number;
  readonly factor: number;
  readonly randomize: boolean;
}

const every = (ms: number, maxAttempts: number): Retries => ({
  maxAttempts,
  minTimeoutInMs: ms,
  maxTimeoutInMs: ms,
  factor: 1,
  randomize: false,
});

/** Longer than the lease that the failed attempt may have left: an earlier one would meet it and end. */
export const AFTER_THE_LEASE = every(15_000, 5);
export const SOON = every(5_000, 3);
export const ONCE = every(1_000, 1);
