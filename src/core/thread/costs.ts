/**
 * What a thread costs its reader, in units of a tenth of a tweet. The split is the one with the least sum, so these
 * numbers decide between one more tweet and an uglier break.
 */
export const COST = {
  tweet: 10,
  paragraph: 0,
  line: 1,
  sentence: 2,
  clause: 14,
  word: 30,
  /** Where the writer asked for no break: a no-break space, or a sign that belongs to its neighbour. */
  bound: 190,
  /** Inside a word. */
  grapheme: 200,
  /** Inside a character as people see it: only where one is larger than a tweet. */
  codePoint: 4000,
  /** A last tweet of a few words. */
  orphan: 5,
  /** A tweet that starts with a mention: X shows it as a reply. */
  replyStart: 20,
  /** A break inside a list or a code block that fits into one tweet. */
  block: 12,
  /** A break between "as follows:" and what follows. Less than any other difference: it only settles ties. */
  afterColon: 0.5,
  /** The unevenness of an almost empty tweet. Settles ties in favour of tweets of like length. */
  uneven: 0.01,
} as const;

/** Below this weight a last tweet is an orphan. */
export const ORPHAN_WEIGHT = 40;
