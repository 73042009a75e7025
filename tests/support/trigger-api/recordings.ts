import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod";

/** One exchange of the SDK with the real platform. */
const recordedSchema = z.object({
  at: z.coerce.date(),
  method: z.string(),
  path: z.string(),
  reqHeaders: z.record(z.string(), z.string()),
  /** An object where it was JSON, else the text; "" for none. */
  reqBody: z.unknown(),
  status: z.int(),
  resHeaders: z.record(z.string(), z.string()),
  resBody: z.unknown(),
});

export type Recorded = z.output<typeof recordedSchema>;

const FILE = fileURLToPath(new URL("../../../../shared/data/trigger-captures.jsonl", import.meta.url));

/** In the order in which they happened; null where the recordings are not at hand. */
export function readRecordings(): readonly Recorded[] | null {
  if (!existsSync(FILE)) return null;
  const lines = readFileSync(FILE, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => recordedSchema.parse(JSON.parse(line)));
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** Which place runs what is the platform's own affair, as are times and texts of a stack. */
const OF_THE_DAY = new Set(["region", "stackTrace", "next", "previous"]);
const AMOUNTS = new Set(["durationMs", "depth"]);

/**
 * A body with what differs from day to day replaced by its kind: ids, instants, versions, amounts of time. Everything
 * else stays: keys, types, booleans, states, texts, what was sent.
 */
export function comparable(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => comparable(each));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, comparable(each, name)]));
  }
  if (typeof value === "number") return AMOUNTS.has(key) ? "<number>" : value;
  if (typeof value !== "string") return value;
  if (OF_THE_DAY.has(key)) return "<text>";
  if (INSTANT.test(value)) return "<instant>";
  if (/^\d{8}\.\d+$/.test(value)) return "<version>";
  return value.replaceAll(/run_c[0-9a-z]{24}/g, "<run>").replace(/^c[0-9a-z]{24}$/, "<id>");
}

/** What a caller can rely on in the headers: their names, and the values that say something. */
export function comparableHeaders(headers: Readonly<Record<string, string>>): Record<string, unknown> {
  const claims = headers["x-trigger-jwt-claims"];
  return {
    "content-type": headers["content-type"],
    "x-should-retry": headers["x-should-retry"],
    "x-ratelimit-limit": headers["x-ratelimit-limit"],
    "x-ratelimit-remaining": isAmount(headers["x-ratelimit-remaining"]),
    "x-ratelimit-reset": isAmount(headers["x-ratelimit-reset"]),
    claims: claims === undefined ? undefined : comparable(JSON.parse(claims)),
  };
}

const isAmount = (text: string | undefined): boolean => /^\d+$/.test(text ?? "");
