import type { z } from "zod";
import { revealed } from "../../core/secret.ts";
import type { XAnswer, XAnswerHead } from "./answer.ts";
import { classify } from "./errors/classify.ts";
import type { XCallName } from "./errors/failure.ts";
import { problemOf, readProblem, type XProblem } from "./errors/problem.ts";
import type { Seen, XEvent } from "./errors/row.ts";
import { exchange, type XRequest, type XSettings } from "./exchange.ts";
import { isRecord, parseExactJson } from "./json.ts";
import { readRateLimits, readRetryAfter } from "./rateLimits.ts";
import type { XCall } from "./types.ts";

/** How one call reads what X answers. */
export interface Reader<T> {
  /** A body of a 2xx answer to its value. `undefined`: this is not what the call gives. */
  readonly value: (json: unknown, body: string) => T | Unusable | undefined;
  /** A refusal that gives what was wanted all the same, such as a tweet to delete that is gone. */
  readonly refusal?: (status: number, problem: XProblem) => T | undefined;
}

/** A 2xx answer that says that it failed. */
export class Unusable {
  readonly event: XEvent;
  readonly detail: string | undefined;
  constructor(event: XEvent, detail?: string) {
    this.event = event;
    this.detail = detail;
  }
}

/** The answer, and for a refusal what it said in full. */
export interface Settled<T> {
  readonly answer: XAnswer<T>;
  readonly problem?: XProblem;
}

/** One call of X from request to answer. */
export async function settle<T>(
  settings: XSettings,
  call: XCall,
  request: XRequest,
  reader: Reader<T>,
): Promise<Settled<T>> {
  const end = await exchange(settings, call, request);
  const headers = end.headers ?? new Headers();
  const head = readHead(request, headers);
  const fail = (seen: Omit<Seen, "call">, detail?: string): Settled<T> => {
    const now = settings.now();
    const failure = classify({
      ...seen,
      call: request.call,
      detail,
      secrets: [revealed(call.accessToken)],
      rateLimits: head.rateLimits,
      retryAfter: readRetryAfter(headers, now),
      transactionId: headers.get("x-transaction-id") ?? undefined,
      now,
      random: settings.random,
    });
    return { answer: { ...head, ok: false, failure }, ...(seen.problem ? { problem: seen.problem } : {}) };
  };

  if (end.kind === "event") return fail({ event: end.event }, end.detail);
  const { status, body } = end;
  if (status < 200 || status > 299) {
    const problem = readProblem(body);
    const wanted = reader.refusal?.(status, problem);
    return wanted === undefined ? fail({ status, problem }) : { answer: { ...head, ok: true, value: wanted } };
  }
  const json = parseExactJson(body);
  const value = reader.value(json, body);
  if (value instanceof Unusable) return fail({ status, event: value.event }, value.detail);
  if (value !== undefined) return { answer: { ...head, ok: true, value } };
  // X reports a missing tweet as 200 with errors[] and no data.
  return fail({ status, event: "unreadable", problem: isRecord(json) ? problemOf(json) : readProblem(body) });
}

/** A request that psn's own check refuses: nothing was sent. */
export function notSendable<T>(settings: XSettings, call: XCallName, error: z.ZodError): XAnswer<T> {
  const detail = error.issues
    .map((issue) => [issue.path.join("."), issue.message].filter(Boolean).join(": "))
    .join("; ");
  const failure = classify({
    call,
    event: "not_sendable",
    detail,
    secrets: [],
    rateLimits: [],
    now: settings.now(),
    random: settings.random,
  });
  return { ok: false, failure, rateLimits: [] };
}

function readHead({ endpoint }: XRequest, headers: Headers): XAnswerHead {
  const date = Date.parse(headers.get("date") ?? "");
  return {
    rateLimits: readRateLimits(endpoint, headers),
    ...(Number.isNaN(date) ? {} : { serverDate: new Date(date) }),
  };
}
