import { X_ERRORS } from "../../src/sandbox/catalogue.ts";
import { answering } from "../../src/sandbox/control.ts";
import type { Drill } from "./drill.ts";

const PUBLISHED = { status: "published", subStatus: null } as const;

/** X's time for one request is 8 seconds. */
const PAST_TIME_OUT_MS = 8_500;

/** Answers that do not say whether X took the tweet: psn looks at the account's timeline before it does anything. */
export const SILENCE: readonly Drill[] = [
  {
    name: "answer-lost",
    thrown: "tweet taken, answer lost",
    means: "X takes the tweet and closes the connection without an answer. psn finds it on the timeline and adopts it.",
    tweets: 1,
    expects: { ...PUBLISHED, out: 1 },
    faults: [{ on: "create", action: { kind: "drop", when: "after" } }],
  },
  {
    name: "reset",
    thrown: "connection reset, not taken",
    means: "The connection breaks before X takes the tweet. psn looks twice, finds nothing, and sends it again.",
    tweets: 1,
    expects: { ...PUBLISHED, out: 1 },
    faults: [{ on: "create", action: { kind: "drop", when: "before" } }],
  },
  {
    name: "error-500",
    thrown: "500, not taken",
    means: "X answers 500 and has not taken the tweet. psn looks twice, finds nothing, and sends it again.",
    tweets: 1,
    expects: { ...PUBLISHED, out: 1 },
    faults: [{ on: "create", action: answering(X_ERRORS.server_error) }],
  },
  {
    name: "error-502",
    thrown: "502, taken all the same",
    means: "X takes the tweet and answers 502. Sent again, it would be out twice; psn finds it on the timeline.",
    tweets: 1,
    expects: { ...PUBLISHED, out: 1 },
    faults: [{ on: "create", action: answering(X_ERRORS.bad_gateway, "after") }],
  },
  {
    name: "error-503",
    thrown: "503 in mid-thread",
    means: "X answers 503 for the second tweet of three. The thread goes on in its order when that tweet is out.",
    tweets: 3,
    expects: { ...PUBLISHED, out: 3 },
    faults: [{ on: "create", nth: 2, action: answering(X_ERRORS.unavailable) }],
  },
  {
    name: "no-id",
    thrown: "success without an id",
    means: "X answers 201 and leaves the tweet's id out. psn finds it on the timeline.",
    tweets: 1,
    expects: { ...PUBLISHED, out: 1 },
    faults: [{ on: "create", action: { kind: "garble", as: "no_id" } }],
  },
  {
    name: "time-out",
    thrown: "taken, no answer in time",
    means: "X takes the second tweet of a thread and does not answer in time. psn finds it on the timeline.",
    tweets: 3,
    expects: { ...PUBLISHED, out: 3 },
    faults: [{ on: "create", nth: 2, action: { kind: "delay", ms: PAST_TIME_OUT_MS, when: "after" } }],
  },
  {
    name: "taken-late",
    thrown: "taken after the time-out",
    means: "X takes the tweet only after psn has stopped waiting for the answer. psn's looks come later still.",
    tweets: 1,
    expects: { ...PUBLISHED, out: 1 },
    faults: [{ on: "create", action: { kind: "delay", ms: PAST_TIME_OUT_MS, when: "before" } }],
  },
  {
    name: "duplicate",
    thrown: "403 duplicate after silence",
    means:
      "The answer is lost and the timeline does not show the tweet yet. psn sends it again, X refuses it as a duplicate, " +
      "and psn finds the first one.",
    tweets: 1,
    expects: { ...PUBLISHED, out: 1 },
    faults: [
      { on: "create", action: { kind: "drop", when: "after" } },
      { on: "timeline", times: 2, action: { kind: "answer", status: 200, body: { meta: { result_count: 0 } } } },
    ],
  },
  {
    name: "blind",
    thrown: "answer lost, timeline down",
    means: "The answer is lost and X's timeline answers 503. psn does nothing until it can read it.",
    tweets: 1,
    expects: { ...PUBLISHED, out: 1 },
    within: 80,
    faults: [
      { on: "create", action: { kind: "drop", when: "after" } },
      { on: "timeline", action: answering(X_ERRORS.unavailable) },
    ],
  },
];
