import type { PublishPoint } from "../../src/publishing/parts.ts";
import type { FaultAction, FaultInput } from "../../src/sandbox/world/fault-script.ts";
import type { CrashPlan } from "../../tests/support/crashing-worker.ts";

/** The calls of X in whose middle a worker is killed. */
const PATHS = {
  tweets: "/2/tweets",
  upload: "/2/media/upload",
  alt: "/2/media/metadata",
  token: "/2/oauth2/token",
} as const;

/** Where a worker is killed. */
export type Place =
  /** At the nth passing of a point of publishing; `before_wait`: X refused the nth tweet with a 429, and the wait is not written. */
  | { readonly point: PublishPoint; readonly nth: number }
  /**
   * While X holds the nth call of this kind: after it acted, or before. What X has not acted on at the kill it
   * drops (`never`), or does all the same (`late`), as when the request was on its way.
   */
  | { readonly held: keyof typeof PATHS; readonly nth: number; readonly acts: "before" | "late" | "never" };

const POINTS: Readonly<Record<PublishPoint, string>> = {
  claimed: "claimed",
  before_intent: "before the intent",
  after_intent: "after the intent, before the request",
  answered: "answer received, not stored",
  stored: "stored",
  between_tweets: "between tweets",
  before_upload: "before an upload",
  uploaded: "upload answered, not stored",
  before_wait: "while a wait is being written",
};
const CALLS: Readonly<Record<keyof typeof PATHS, string>> = {
  tweets: "",
  upload: "in an upload: ",
  alt: "in an alt text: ",
  token: "in a token refresh: ",
};
const ACTS = {
  before: "X has it, no answer",
  late: "request sent, X takes it later",
  never: "request sent, X never takes it",
} as const;

/** "in an upload: request sent, X never takes it". */
export const labelOf = (place: Place): string =>
  "point" in place ? POINTS[place.point] : `${CALLS[place.held]}${ACTS[place.acts]}`;

/** What X does so that a post whose texts hold `mark` comes to the place. */
export function faultFor(place: Place, mark: string): FaultInput | undefined {
  if ("held" in place) {
    const match = { method: "POST", path: PATHS[place.held], nth: place.nth };
    return {
      match: place.held === "token" ? match : { ...match, bodyIncludes: mark },
      action: { kind: "hold", when: place.acts === "before" ? "after" : "before" },
    };
  }
  if (place.point !== "before_wait") return undefined;
  return { match: { method: "POST", path: PATHS.tweets, bodyIncludes: mark, nth: place.nth }, action: RATE_LIMITED };
}

/** Where a worker kills itself for it. */
export function planFor(place: Place): CrashPlan | undefined {
  if ("held" in place) return undefined;
  const nth = place.point === "before_wait" ? 1 : place.nth;
  return { signal: "SIGKILL", places: [{ point: place.point, nth }] };
}

const RATE_LIMITED: FaultAction = {
  kind: "answer",
  status: 429,
  body: { title: "Too Many Requests", detail: "Too Many Requests", type: "about:blank", status: 429 },
};
