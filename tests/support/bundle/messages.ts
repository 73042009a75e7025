import { z } from "zod";

/** One attempt of a run, for a process of its own. */
export const attemptToMake = z.object({
  runId: z.string(),
  taskId: z.string(),
  /** As the platform hands it over: JSON. */
  payload: z.string(),
  attempt: z.number().int(),
  maxAttempts: z.number().int().nullable(),
  env: z.record(z.string(), z.string()),
});

/** How an attempt ended, as the platform hears it. */
export const attemptEnd = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("completed"), output: z.unknown() }),
  z.object({
    kind: z.literal("failed"),
    name: z.string(),
    message: z.string(),
    stack: z.string(),
    /** When the worker wants the next attempt, in milliseconds since 1970; null when it wants none. */
    retryAt: z.number().nullable(),
    /** The task itself said that trying again is of no use. */
    aborted: z.boolean(),
  }),
  /** The process ended, or could not even begin. `code` is the platform's. */
  z.object({ kind: z.literal("died"), code: z.string(), message: z.string() }),
]);

/** What a test tells the machine; `number` tells the attempts apart. */
export const order = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("execute"), number: z.number(), attempt: attemptToMake }),
  z.object({ kind: z.literal("cancel"), number: z.number() }),
]);

/** What the machine tells. */
export const report = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("started"), number: z.number(), pid: z.number() }),
  z.object({ kind: z.literal("ended"), number: z.number(), end: attemptEnd }),
]);

export type AttemptToMake = z.infer<typeof attemptToMake>;
export type AttemptEnd = z.infer<typeof attemptEnd>;
export type Order = z.infer<typeof order>;
export type Report = z.infer<typeof report>;
