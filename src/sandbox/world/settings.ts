import * as z from "zod";

/**
 * Where X's answers differ from day to day or are not established, the sandbox takes a side and lets it be changed.
 */
export const settingsSchema = z.strictObject({
  /**
   * Names of query parameters and fields: `tweet` as before 2026-08, `post` as in document 2.167,
   * `both` takes either and answers in the one that was asked in.
   */
  vocabulary: z.enum(["tweet", "post", "both"]),
  /** A new tweet appears in timelines only when it is this old, in milliseconds. */
  readLagMs: z.int().min(0),
  /** A new tweet appears in timelines only after this many reads of a timeline did not show it. */
  readLagReads: z.int().min(0),
  /** Added to the `date` header of every answer, in milliseconds. */
  dateSkewMs: z.int(),
  /** Whether answers carry `x-rate-limit-*`; X sometimes leaves them out. */
  rateLimitHeaders: z.boolean(),
  /** The host in the `type` of problems. */
  problemHost: z.enum(["api.x.com", "api.twitter.com"]),
  /** A text that is too long was seen refused with either status. */
  tooLongStatus: z.union([z.literal(400), z.literal(403)]),
  /** What deleting a tweet that is not there answers: a 404, or 200 with `deleted: false`. */
  missingDelete: z.enum(["not_found", "deleted_false"]),
  /** Whether the token endpoint insists on `client_id` in the body besides the Basic header. */
  clientIdInBody: z.enum(["optional", "required"]),
  /** The scopes that X grants at most; null grants whatever is asked for. */
  grantableScopes: z.array(z.string()).nullable(),
  /** The handle that the browser is signed in with, without @; null means the first account. */
  signedIn: z.string().nullable(),
  /** How long an equal text counts as a duplicate, in milliseconds; null means as long as the first one lives. */
  duplicateWindowMs: z.int().min(0).nullable(),
});

export type Settings = z.output<typeof settingsSchema>;

export const DEFAULT_SETTINGS: Settings = {
  vocabulary: "both",
  readLagMs: 0,
  readLagReads: 0,
  dateSkewMs: 0,
  rateLimitHeaders: true,
  problemHost: "api.x.com",
  tooLongStatus: 403,
  missingDelete: "not_found",
  clientIdInBody: "optional",
  grantableScopes: null,
  signedIn: null,
  duplicateWindowMs: null,
};
