import { type RateLimitReading, waitUntil } from "../rateLimits.ts";
import { CATALOGUE, UNREADABLE } from "./catalogue.ts";
import { presentable } from "./detail.ts";
import type { XFailure, XFailureClass } from "./failure.ts";
import { applies, type CatalogueRow, type Seen } from "./row.ts";

/** What a failed call left behind. */
export interface FailedCall extends Seen {
  /** X's words, or the code of a broken connection. */
  readonly detail?: string | undefined;
  /** Values that must not stand in `detail`: the access token. */
  readonly secrets: readonly string[];
  readonly rateLimits: readonly RateLimitReading[];
  readonly retryAfter?: Date | undefined;
  readonly transactionId?: string | undefined;
  readonly now: Date;
  readonly random: () => number;
}

/** Turns what was seen of a failed call into what to do and say about it. */
export function classify(failed: FailedCall): XFailure {
  const row = CATALOGUE.find((candidate) => applies(candidate, failed)) ?? UNREADABLE;
  const detail = presentable(failed.detail ?? failed.problem?.says, failed.secrets);
  const { status, problem, transactionId } = failed;
  return {
    class: classFor(row, failed),
    code: row.code,
    message: row.says,
    next: failed.call === "me" && row.next.includes("ID") ? "psn setup doctor" : row.next,
    ...(status === undefined ? {} : { status }),
    ...(detail === undefined ? {} : { detail }),
    ...(waits(row) ? { retryAt: retryAt(row, failed) } : {}),
    ...(row.code === "spend_cap" && problem?.resetDate ? { resetDate: problem.resetDate } : {}),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(row.once === undefined ? {} : { once: row.once }),
  };
}

function classFor(row: CatalogueRow, { call }: Seen): XFailureClass {
  if (row.class !== "lost") return row.class;
  return call === "createTweet" ? "ambiguous" : "safe";
}

function waits(row: CatalogueRow): boolean {
  return row.class === "later" || row.once === "wait";
}

/** Only a limit waits for the limits' reset; what else waits, waits the 15 minutes of an unknown one. */
function retryAt(row: CatalogueRow, { rateLimits, retryAfter, now, random }: FailedCall): Date {
  const isLimit = row.code === "rate_limited" || row.code === "daily_limit";
  return waitUntil({ readings: isLimit ? rateLimits : [], retryAfter, now, random });
}
