import { isRecord, parseExactJson } from "../json.ts";

/**
 * What X said in an answer that is no success, whichever of the forms seen live the body has: a
 * problem document, the same inside or with `errors[]`, the older `errors:[{code,message}]`, `errors:["text"]`,
 * an OAuth error, an HTML page of the edge, plain text, or nothing.
 */
export interface XProblem {
  readonly form: "problem" | "legacy" | "strings" | "oauth" | "html" | "text" | "empty" | "other";
  /** Last part of the problem type: X answers with api.x.com and api.twitter.com, so the host says nothing. */
  readonly type: string | undefined;
  /** The one word "Forbidden", once or twice: a refusal that gives no reason. */
  readonly bare: boolean;
  /** Numbers of the older API, such as 88 and 187. */
  readonly legacyCodes: readonly number[];
  /** The most telling sentence of the body, as X wrote it. */
  readonly says: string | undefined;
  /** Every word of the body that can name a reason, one piece a line; what the catalogue's patterns are matched on. */
  readonly words: string;
  /** `YYYY-MM-DD` of a spend cap. */
  readonly resetDate: string | undefined;
}

const NO_REASON = /^(one or more parameters to your request was invalid\.?|bad ?request|invalid request)$/i;

export function readProblem(body: string): XProblem {
  const text = body.trim();
  if (text === "") return plain("empty", text);
  if (text.startsWith("<")) return plain("html", pageWords(text));
  const json = parseExactJson(text);
  return isRecord(json) ? problemOf(json) : plain(json === undefined ? "text" : "other", text);
}

/** The problem in a body that is read already. X sends some, such as a missing tweet, with status 200. */
export function problemOf(body: Record<string, unknown>): XProblem {
  const errors = Array.isArray(body["errors"]) ? body["errors"] : [];
  const nested = errors.filter(isRecord);
  const strings = errors.filter((e): e is string => typeof e === "string");
  const top = "title" in body || "type" in body || "detail" in body ? body : (nested[0] ?? {});
  const messages = [...nested.flatMap((e) => [text(e["message"]), text(e["detail"])]), ...strings].filter(isText);
  const title = text(top["title"]);
  const detail = text(top["detail"]) ?? text(body["message"]);
  const oauth = text(body["error"]);
  const sentences = [detail, title, text(body["error_description"]), ...messages].filter(isText);
  const words = [...sentences, oauth, ...[body, ...nested].flatMap(namedReasons)].filter(isText).join("\n");
  return {
    form: formOf({ problem: title !== undefined || text(top["type"]) !== undefined, oauth, nested, strings }),
    type: [top, ...nested].map((e) => typeSuffix(e["type"])).find(isText),
    bare: sentences.length > 0 && sentences.every((sentence) => /^forbidden\.?$/i.test(sentence)),
    legacyCodes: nested.map((e) => e["code"]).filter((c): c is number => typeof c === "number"),
    says: detail === undefined || NO_REASON.test(detail) ? (messages[0] ?? sentences[0] ?? oauth) : detail,
    words,
    resetDate: dayIn(text(body["reset_date"]) ?? words.match(/begins on (\d{4}-\d{2}-\d{2})/)?.[1]),
  };
}

function formOf(seen: {
  problem: boolean;
  oauth: string | undefined;
  nested: readonly unknown[];
  strings: readonly string[];
}): XProblem["form"] {
  if (seen.problem) return "problem";
  if (seen.oauth !== undefined) return "oauth";
  if (seen.nested.length > 0) return "legacy";
  return seen.strings.length > 0 ? "strings" : "other";
}

/** Reasons that stand beside the sentence: `reason`, and the names and values of refused parameters. */
function namedReasons(part: Record<string, unknown>): string[] {
  const parameters = isRecord(part["parameters"]) ? Object.entries(part["parameters"]) : [];
  return [
    ...["reason", "parameter", "value"].map((key) => text(part[key])).filter(isText),
    ...parameters.map(([name, values]) => `${name} ${JSON.stringify(values)}`),
  ];
}

function dayIn(value: string | undefined): string | undefined {
  return value !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;
}

/** `https://api.x.com/2/problems/credits` → `credits`; `about:blank` names nothing. */
function typeSuffix(type: unknown): string | undefined {
  return text(type)?.match(/\/problems\/([\w-]+)\/?$/)?.[1];
}

/** The title of an HTML page, else the text of its beginning. */
function pageWords(page: string): string {
  const html = page.slice(0, 4_000);
  const title = html.match(/<title[^>]*>([^<]*)<\/title>/i)?.[1]?.trim();
  if (title !== undefined && title !== "") return title;
  return html.replaceAll(/<[^>]*>/g, " ").trim();
}

function plain(form: XProblem["form"], words: string): XProblem {
  const says = words === "" ? undefined : words;
  return { form, type: undefined, bare: false, legacyCodes: [], says, words, resetDate: undefined };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}
