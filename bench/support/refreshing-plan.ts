import { between } from "./random.ts";

/** What goes wrong in a round of refreshes. Nobody is killed between sending the request and storing the answer. */
export const TROUBLES = [
  "none",
  "killed before the request",
  "killed as it waits",
  "killed after the commit",
  "database restarted",
  "database crashed",
  "X answers late",
  "X answers 503",
] as const;
export type Trouble = (typeof TROUBLES)[number];

/** One round: all processes ask for the token at the same instant. */
export interface RefreshRound {
  readonly trouble: Trouble;
  /** Each process has one connection, and asks several times at once over it. */
  readonly oneConnection: boolean;
  /** Whether X does its part before it keeps the answer back, or after. */
  readonly acts: "before" | "after";
  /** From 0 to 1: which process dies of those that may, and how long after the request, up to 100 ms. */
  readonly which: number;
  readonly afterMs: number;
}

/** Of all rounds; one trouble is as likely as another. */
const TROUBLED = 0.42;
const ONE_CONNECTION = 0.25;

export function planRefreshes(random: () => number, count: number): RefreshRound[] {
  const [none, ...others] = TROUBLES;
  return Array.from({ length: count }, () => ({
    trouble: (random() < TROUBLED ? others[Math.floor(random() * others.length)] : none) ?? none,
    oneConnection: random() < ONE_CONNECTION,
    acts: random() < 0.5 ? "before" : "after",
    which: random(),
    afterMs: between(random, 0, 100),
  }));
}
