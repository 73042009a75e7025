import type { FaultAction, FaultInput } from "../../src/sandbox/world/fault-script.ts";
import { limitReached } from "./limit-reached.ts";
import { between } from "./random.ts";

/** What is done to a post about the time when it is due. */
export interface RacePlan {
  readonly n: number;
  /** Which of the accounts. */
  readonly account: number;
  readonly tweets: 1 | 3;
  readonly act: "cancel" | "edit";
  /** By the use case that the command line calls, or by the command line itself. */
  readonly by: "call" | "command";
  /** About the moment when it is claimed, or is due; or while a thread waits for X's limit, partly out. */
  readonly about: "the claim" | "the due time" | "the wait";
  /** From the due time on, in milliseconds. */
  readonly offsetMs: number;
  /** The tweet that is edited, 1 for the first. */
  readonly tweet: number;
  /** Approved again with the new seal: for the time that it kept while that is ahead, or for now. */
  readonly again: "not" | "kept time" | "now";
  /** What X does with its tweets. */
  readonly faults: readonly FaultInput[];
}

/** In milliseconds from the due time. The engine rings about two seconds early, and looks twice a second. */
const OFFSETS = { "the claim": [-3_200, -1_500], "the due time": [-300, 700], "the wait": [800, 2_500] } as const;
/** Of edits more, since a post that is claimed refuses them. */
const ABOUT_CLAIM = { cancel: 0.25, edit: 0.6 } as const;
const ABOUT_WAIT = 0.06;
/** Of tweets. */
const LOST_ANSWERS = 0.02;
const LOST_REQUESTS = 0.01;
interface RaceOptions {
  readonly count: number;
  /** So many are done by a command line, evenly spread. */
  readonly commands: number;
  readonly accounts: number;
  /** Whether some threads wait for X's limit, which takes those a minute that go on. */
  readonly waits: boolean;
}

export function planRaces(random: () => number, { count, commands, accounts, waits }: RaceOptions): RacePlan[] {
  return Array.from({ length: count }, (_, n) => {
    const act = random() < 0.5 ? "cancel" : "edit";
    const about =
      waits && random() < ABOUT_WAIT ? "the wait" : random() < ABOUT_CLAIM[act] ? "the claim" : "the due time";
    const tweets = about !== "the wait" && random() < 0.5 ? 1 : 3;
    const [from, to] = OFFSETS[about];
    const limited = about === "the wait" ? between(random, 2, 3) : undefined;
    const again = random() < 0.5 ? "not" : random() < 0.5 ? "kept time" : "now";
    return {
      n,
      account: Math.floor(random() * accounts),
      tweets,
      act,
      by: Math.floor(((n + 1) * commands) / count) > Math.floor((n * commands) / count) ? "command" : "call",
      about,
      offsetMs: between(random, from, to),
      tweet: limited ?? between(random, 1, tweets),
      again: act === "edit" ? again : "not",
      faults: Array.from({ length: tweets }, (_, i) => faultOf(random, n, i + 1, limited)),
    };
  });
}

/** Occurs in this tweet alone, edited or not. */
const markOf = (n: number, tweet: number): string => `Race${n}x${tweet}.`;
export const firstText = (n: number, tweet: number): string => `First approved. ${markOf(n, tweet)}`;
export const editedText = (n: number, tweet: number): string => `Said anew. ${markOf(n, tweet)}`;

/** Every answer takes its time, so that what is done falls into the middle of requests. */
function faultOf(random: () => number, n: number, tweet: number, limited: number | undefined): FaultInput {
  const next = tweet === limited ? limitReached(2) : troubleOf(random());
  const when = random() < 0.5 || next !== undefined ? "before" : "after";
  return {
    match: { method: "POST", path: "/2/tweets", bodyIncludes: markOf(n, tweet) },
    action: { kind: "delay", ms: between(random, 10, 200), when, ...(next === undefined ? {} : { next }) },
  };
}

function troubleOf(chance: number): FaultAction | undefined {
  if (chance < LOST_ANSWERS) return { kind: "drop", when: "after" };
  return chance < LOST_ANSWERS + LOST_REQUESTS ? { kind: "drop", when: "before" } : undefined;
}
