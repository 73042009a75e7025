import * as z from "zod";
import { isRecord, type ParsedJson, parseJson, type SandboxRequest } from "../../../src/sandbox/http.ts";
import type { Refusal } from "./refusal.ts";

const options = z.looseObject({
  delay: z.union([z.string(), z.coerce.date()]).optional(),
  tags: z.union([z.string(), z.array(z.string())]).optional(),
  idempotencyKey: z.string().max(2048, "idempotencyKey must be 2048 characters or less").optional(),
  idempotencyKeyTTL: z.string().optional(),
  idempotencyKeyOptions: z.object({ key: z.string(), scope: z.enum(["run", "attempt", "global"]) }).optional(),
  queue: z.looseObject({ name: z.string() }).optional(),
  concurrencyKey: z.union([z.string(), z.number()]).transform(String).optional(),
  maxAttempts: z.int().optional(),
  payloadType: z.string().optional(),
  ttl: z.union([z.string(), z.int().nonnegative()]).optional(),
});

const body = z.looseObject({ payload: z.unknown().optional(), options: options.optional() });

export interface TriggerBody {
  readonly payload: unknown;
  readonly options: z.output<typeof options>;
}

const TAGS = 10;
const TAG_LENGTH = 128;

/** Reads the body of a trigger, or says how the platform refuses it. */
export function readTriggerBody(request: SandboxRequest): TriggerBody | Refusal {
  const text = new TextDecoder().decode(request.body);
  if (text === "") return { status: 400, error: "Request body is empty" };
  const raw = parseJson(text);
  if (!raw.ok) return { status: 400, error: "Invalid JSON" };
  const parsed = body.safeParse(raw.value);
  if (!parsed.success) return { status: 400, error: validationError(parsed.error.issues) };
  const given = { payload: plainPayload(parsed.data), options: parsed.data.options ?? {} };
  const tags = tagsOf(given);
  const long = tags.findIndex((tag) => tag.length > TAG_LENGTH);
  if (long >= 0) {
    const path = Array.isArray(given.options.tags) ? ["options", "tags", long] : ["options", "tags"];
    return { status: 400, error: validationError([{ path, message: "Tags must be less than 128 characters" }]) };
  }
  if (tags.length > TAGS) {
    return { status: 422, error: `Runs can only have ${TAGS} tags, you're trying to set ${tags.length}.` };
  }
  return given;
}

export function tagsOf({ options: { tags } }: TriggerBody): readonly string[] {
  return typeof tags === "string" ? [tags] : (tags ?? []);
}

/** The SDK sends the payload as text, wrapped by superjson; others may send it as it is. */
function plainPayload({ payload, options: sent }: z.output<typeof body>): unknown {
  if (typeof payload !== "string") return payload;
  const parsed: ParsedJson = parseJson(payload);
  if (!parsed.ok) return payload;
  const wrapped = sent?.payloadType === "application/super+json" && isRecord(parsed.value);
  return wrapped ? parsed.value["json"] : parsed.value;
}

function validationError(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  const told = issues.map(({ path, message }) => {
    const where = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
    return where === "" ? message : `${message} at "${where.replace(/^\./, "")}"`;
  });
  return `Validation error: ${told.join("; ")}`;
}
