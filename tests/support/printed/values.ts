/** Values that many answers of psn hold. */
import { z } from "zod";

/** An instant in UTC, as "2026-11-24T14:00:00.000Z". */
export const instant = z.iso.datetime({ precision: 3 });
export const count = z.int().nonnegative();
export const pid = z.int().positive();
export const usd = z.number().nonnegative();
export const text = z.string().min(1);

export const postId = z.string().regex(/^p[0-9a-hjkmnp-tv-z]{8}$/);
/** The first eight digits. */
export const seal = z.string().regex(/^[0-9a-f]{8}$/);
export const handle = z.string().regex(/^@\w+$/);

export const status = z.enum(["draft", "scheduled", "publishing", "published", "failed"]);
export const subStatus = z.enum([
  "retry_1",
  "retry_2",
  "retry_3",
  "rate_limited",
  "media_uploading",
  "media_uploaded",
  "thread_partial",
  "unconfirmed",
  "needs_reauth",
  "out_of_credits",
  "missed",
]);

/** A way to go on with a post that stopped. */
export const choice = z.strictObject({ command: text, does: text, usd });

/** Something that is not good, and what mends it. */
export const trouble = z.strictObject({ code: text, message: text, next: text });

/** One thing in which a deployed worker and this machine are not the same. */
export const difference = z.strictObject({
  what: z.enum(["deployment", "code", "schema", "key", "database", "problem"]),
  here: text,
  there: text,
  message: text,
  next: text,
});

/** Which page of a long answer this is; absent where there is one only. */
export const place = { page: z.int().positive().exactOptional(), pages: z.int().positive().exactOptional() };
