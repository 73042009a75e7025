import { nameOf, type Outcome, type Verdict } from "./verdict.ts";

/** What became of one drill. */
export interface Result {
  readonly name: string;
  readonly thrown: string;
  /** From the approval to the end, in seconds. */
  readonly seconds: number;
  /** Absent when the drill could not be carried out: then `complaints` says why. */
  readonly ended?: {
    readonly outcome: Outcome;
    readonly verdict: Verdict;
    /** What psn tells the person about a post that stopped; empty for others. */
    readonly why: string;
  };
  readonly complaints: readonly string[];
}

/** The bill of one X against the books of the psn that used it, in millionths of a dollar. */
export interface Bill {
  /** Whose it is, for people. */
  readonly of: string;
  readonly billed: number;
  readonly booked: number;
}

export interface Ledger {
  readonly posts: number;
  /** How many posts ended how: "published" to 17. */
  readonly ends: ReadonlyMap<string, number>;
  readonly asked: number;
  readonly onX: number;
  readonly doubled: number;
  readonly lost: number;
  readonly outOfOrder: number;
  readonly unapproved: number;
  /** Posts that stopped, and what psn says about it. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
  /** `equal`: of each X and its psn, not only of all together. */
  readonly bill: Omit<Bill, "of"> & { readonly equal: boolean };
  /** The promises that psn broke, a sentence each. Empty: it kept them all. */
  readonly broken: readonly string[];
}

/** Adds up what came out. */
export function ledgerOf(results: readonly Result[], bills: readonly Bill[]): Ledger {
  const ended = results.flatMap(({ name, ended: end }) => (end === undefined ? [] : [{ name, ...end }]));
  const sum = (of: (end: (typeof ended)[number]) => number) => ended.reduce((total, end) => total + of(end), 0);
  const ends = Map.groupBy(ended, ({ outcome }) => nameOf(outcome));
  const totals = {
    doubled: sum(({ verdict }) => verdict.doubled),
    lost: sum(({ verdict }) => verdict.lost),
    outOfOrder: sum(({ verdict }) => verdict.outOfOrder),
    unapproved: sum(({ verdict }) => verdict.unapproved),
  };
  const otherwise = results.filter(({ complaints }) => complaints.length > 0);
  const differing = bills.filter(({ billed, booked }) => billed !== booked);
  return {
    posts: results.length,
    ends: new Map([...ends].map(([name, posts]) => [name, posts.length])),
    asked: sum(({ outcome }) => outcome.tweets.length),
    onX: sum(({ outcome }) => outcome.onX.length),
    ...totals,
    left: ended
      .filter(({ outcome }) => outcome.status === "failed" || outcome.status === "scheduled")
      .map(({ name, why }) => ({ name, why: why === "" ? "psn does not say why" : why })),
    bill: {
      billed: bills.reduce((total, { billed }) => total + billed, 0),
      booked: bills.reduce((total, { booked }) => total + booked, 0),
      equal: differing.length === 0,
    },
    broken: [
      ...broken(totals.doubled, "on X twice"),
      ...broken(totals.lost, "lost"),
      ...broken(totals.outOfOrder, "out of order"),
      ...broken(totals.unapproved, "on X that nobody approved"),
      ...(otherwise.length === 0 ? [] : [`not as expected: ${otherwise.map(({ name }) => name).join(", ")}`]),
      ...differing.map((bill) => `X's bill and psn's books differ: ${bill.of}`),
    ],
  };
}

const broken = (count: number, what: string) =>
  count === 0 ? [] : [`${count} ${count === 1 ? "tweet is" : "tweets are"} ${what}`];
