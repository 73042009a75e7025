import * as z from "zod";

const when = z.enum(["before", "after"]);
const scripted = {
  status: z.int().min(100).max(599),
  /** A string goes out as it is; anything else as JSON; left out, the body is empty. */
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
};

/**
 * What happens instead of, or around, X's own answer. "Before" means that X has done nothing yet;
 * "after" means that the request took effect, so a created tweet exists.
 *
 * Bun's fetch repeats a GET, PUT or DELETE (never a POST) by itself, once, when a connection that it kept open closes
 * without an answer: to make such a caller see a dropped read, drop it `times: 2`.
 */
export type FaultAction =
  | { kind: "answer"; status: number; body?: unknown; headers?: Record<string, string> | undefined }
  | { kind: "answer_after"; status: number; body?: unknown; headers?: Record<string, string> | undefined }
  | { kind: "drop"; when: "before" | "after" }
  | { kind: "garble"; as?: "no_id" | "broken_json" | "empty" | "html" | undefined }
  | { kind: "delay"; ms: number; when?: "before" | "after" | undefined; next?: FaultAction | undefined }
  | { kind: "hold"; when?: "before" | "after" | undefined; next?: FaultAction | undefined };

const actionSchema: z.ZodType<FaultAction> = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("answer"), ...scripted }),
    z.strictObject({ kind: z.literal("answer_after"), ...scripted }),
    z.strictObject({ kind: z.literal("drop"), when }),
    z.strictObject({ kind: z.literal("garble"), as: z.enum(["no_id", "broken_json", "empty", "html"]).optional() }),
    z.strictObject({
      kind: z.literal("delay"),
      ms: z.int().min(0),
      when: when.optional(),
      next: actionSchema.optional(),
    }),
    z.strictObject({ kind: z.literal("hold"), when: when.optional(), next: actionSchema.optional() }),
  ]),
);

export const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      /** A path or a route as in `/2/tweets/:id`; a `*` at the end stands for any rest. */
      path: z.string().optional(),
      /** Only from the nth request on (1 is the first) of those that match the rest. */
      nth: z.int().min(1).optional(),
      bodyIncludes: z.string().optional(),
    })
    .default({}),
  /** How many requests it strikes. */
  times: z.union([z.int().min(1), z.literal("always")]).default(1),
  action: actionSchema,
});

export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;
