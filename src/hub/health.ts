import { z } from "zod";

/** What a deployed worker says of itself: enough to compare it with this machine, and nothing secret. */
export const healthReport = z.object({
  engine: z.literal("trigger"),
  /** psn's version and the newest migration that the deployed code knows. */
  code: z.object({ version: z.string(), migration: z.string() }),
  databaseOk: z.boolean(),
  /** The server's, null when it does not answer. */
  databaseVersion: z.string().nullable(),
  /** The database against the deployed code; null when it does not answer. */
  schema: z.enum(["current", "behind", "newer", "empty"]).nullable(),
  /** Of the newest key in PSN_ENCRYPTION_KEY; both null when there is none. */
  keyFingerprint: z.string().nullable(),
  keyVersion: z.number().int().nullable(),
  /** What keeps the worker from publishing; null when nothing does. */
  problem: z.object({ code: z.string(), message: z.string(), next: z.string() }).nullable(),
});

export type HealthReport = Readonly<z.infer<typeof healthReport>>;
