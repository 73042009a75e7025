import type { PostStatus, SubStatus } from "../../src/core/post/states.ts";
import type { Expected } from "./drill.ts";

/** A tweet as X has it, deleted ones included. */
export interface TweetOnX {
  readonly id: string;
  readonly text: string;
  readonly parent: string | null;
}

/** What came out: the post as psn shows it, and what the account has on X. */
export interface Outcome {
  readonly status: PostStatus;
  readonly subStatus: SubStatus | null;
  /** The texts that were approved last, in order, with the id that psn has of each. */
  readonly tweets: readonly { readonly text: string; readonly xId: string | null }[];
  /** In the order in which X made them. */
  readonly onX: readonly TweetOnX[];
}

export interface Verdict {
  /** Tweets that are on X more than once, counted by what is too much. */
  readonly doubled: number;
  /** Tweets that must be on X, by what was expected or by what psn says, and are not. */
  readonly lost: number;
  /** Tweets that X made before the one that they follow, or under another one. */
  readonly outOfOrder: number;
  /** Tweets whose words nobody approved. */
  readonly unapproved: number;
  /** What is not as expected, a sentence each. Empty when all is well. */
  readonly complaints: readonly string[];
}

/** Holds what came out against what was expected. */
export function judge(expected: Expected, outcome: Outcome): Verdict {
  const { tweets, onX } = outcome;
  const copies = tweets.map(({ text }) => onX.filter((tweet) => tweet.text === text));
  const extra = copies.map((found) => Math.max(0, found.length - 1));
  const missing = tweets.filter(({ xId }, index) => isMissing(copies[index] ?? [], xId, index < expected.out));
  const misplaced = copies.filter((found, index) => isMisplaced(expected, copies, found[0], index));
  const strange = onX.filter(({ text }) => !tweets.some((tweet) => tweet.text === text));
  const early = copies.filter((found, index) => index >= expected.out && found.length > 0);
  const unknown = tweets.filter(({ xId }, index) => xId === null && (copies[index]?.length ?? 0) > 0);

  const doubled = extra.reduce((sum, count) => sum + count, 0);
  const complaints = [
    ...(sameEnd(expected, outcome) ? [] : [`expected ${nameOf(expected)}, became ${nameOf(outcome)}`]),
    ...counted(doubled, "on X twice"),
    ...counted(missing.length, "not on X, and must be"),
    ...counted(misplaced.length, "out of order, or under a wrong tweet"),
    ...counted(strange.length, "on X that nobody approved"),
    ...counted(early.length, "on X that had to stay behind"),
    ...counted(unknown.length, "on X without psn knowing"),
  ];
  return { doubled, lost: missing.length, outOfOrder: misplaced.length, unapproved: strange.length, complaints };
}

/** "failed thread_partial". */
export const nameOf = ({ status, subStatus }: Pick<Outcome, "status" | "subStatus">): string =>
  subStatus === null ? status : `${status} ${subStatus}`;

const sameEnd = (expected: Expected, outcome: Outcome) =>
  expected.status === outcome.status && expected.subStatus === outcome.subStatus;

/** psn's word counts too: an id that X does not have for this text is a tweet that is lost. */
function isMissing(found: readonly TweetOnX[], xId: string | null, due: boolean): boolean {
  return xId === null ? due && found.length === 0 : !found.some(({ id }) => id === xId);
}

function isMisplaced(
  { under }: Expected,
  copies: readonly (readonly TweetOnX[])[],
  tweet: TweetOnX | undefined,
  index: number,
): boolean {
  if (tweet === undefined) return false;
  const place = under?.[index + 1];
  const above = place === null ? undefined : copies[place === undefined ? index - 1 : place - 1]?.[0];
  if (tweet.parent !== (above?.id ?? null)) return true;
  // X's ids rise with time.
  return copies.slice(0, index).some(([earlier]) => earlier === undefined || BigInt(earlier.id) > BigInt(tweet.id));
}

const counted = (count: number, what: string) =>
  count === 0 ? [] : [`${count} ${count === 1 ? "tweet is" : "tweets are"} ${what}`];
