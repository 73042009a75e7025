import type { OnceMore, XCallName, XErrorCode, XFailureClass } from "./failure.ts";
import type { XProblem } from "./problem.ts";

/** What can end a call without an answer that X's status and body explain. */
export type XEvent =
  | "not_sendable" // psn's own check refused it
  | "token_malformed"
  | "not_sent"
  | "tls"
  | "stopped_before" // the caller's signal
  | "stopped_after"
  | "timeout"
  | "cut" // the connection ended before the answer did
  | "unreadable" // 2xx, and not what the call gives
  | "media_failed"; // 2xx, and X could not process the picture

/**
 * When a row applies: every given condition holds, and of `type`, `words` and `legacy` at least one. A row without
 * `event`, `status` and `hundred` is about the body alone, whatever the status.
 */
export interface When {
  readonly event?: XEvent;
  readonly status?: readonly number[];
  /** The hundred that the status is in. */
  readonly hundred?: 3 | 4 | 5;
  readonly calls?: readonly XCallName[];
  readonly form?: XProblem["form"];
  /** A refusal that gives no reason. */
  readonly bare?: true;
  /** Last part of the problem type. */
  readonly type?: string;
  /** Matched on every word of the body, the title included. */
  readonly words?: RegExp;
  /** Numbers of the older API, which still come with some refusals. */
  readonly legacy?: readonly number[];
}

export interface CatalogueRow {
  readonly code: XErrorCode;
  /** `lost`: it may have been done. For createTweet that is `ambiguous`; every other call can be repeated: `safe`. */
  readonly class: XFailureClass | "lost";
  readonly when: When;
  /** The sentence for a person. */
  readonly says: string;
  readonly next: string;
  readonly once?: OnceMore;
}

/** What is known of a call that failed. */
export interface Seen {
  readonly call: XCallName;
  readonly event?: XEvent;
  readonly status?: number;
  readonly problem?: XProblem;
}

export function applies({ when }: CatalogueRow, { call, event, status, problem }: Seen): boolean {
  if (when.event !== undefined && when.event !== event) return false;
  if (when.status !== undefined && (status === undefined || !when.status.includes(status))) return false;
  if (when.hundred !== undefined && (status === undefined || Math.floor(status / 100) !== when.hundred)) return false;
  if (when.calls !== undefined && !when.calls.includes(call)) return false;
  if (when.form !== undefined && when.form !== problem?.form) return false;
  if (when.bare !== undefined && when.bare !== problem?.bare) return false;
  return givesReason(when, problem);
}

function givesReason({ type, words, legacy }: When, problem: XProblem | undefined): boolean {
  if (type === undefined && words === undefined && legacy === undefined) return true;
  if (problem === undefined) return false;
  return (
    (type !== undefined && type === problem.type) ||
    (words?.test(problem.words) ?? false) ||
    (legacy?.some((code) => problem.legacyCodes.includes(code)) ?? false)
  );
}
