/** Divides a text into the tweets of a thread. */
import { runningWeights, weightedLength } from "../text/count.ts";
import { findEntities } from "../text/entities.ts";
import { TWEET_LIMIT } from "../text/weights.ts";
import { sectionsOf } from "./blocks.ts";
import { findBreaks } from "./breaks.ts";
import { type Budget, counter, digitsOf, evenBudget, numberedBudget } from "./budget.ts";
import { fit } from "./fit.ts";
import type { Divisible } from "./plan.ts";

export interface SplitOptions {
  /**
   * The weighted length that a tweet may have.
   * @default 280
   */
  limit?: number;
  /**
   * Whether each tweet of a thread ends with its counter, " 2/7". A single tweet has none.
   * @default false
   */
  numbered?: boolean;
}

/** X refuses these wherever they stand, and nobody sees them. */
const REFUSED = /[\uFEFF\uFFFE\uFFFF]/g;

/**
 * Divides a text into tweets, in order: none for an empty text, as many as it takes for a long one.
 *
 * No tweet is over the limit. Nothing is lost, added or reordered, except white space at the breaks, byte order marks
 * and noncharacters (which X refuses), and lines that are exactly `---`: each of these starts a new tweet, unless it is
 * inside a code block. Breaks fall where they disturb least: between paragraphs, lines, sentences, clauses, words, in
 * this order. No URL, mention, hashtag, cashtag or character is cut unless it is larger than a tweet. The result is in
 * NFC with LF as the only line end, and depends on nothing but the arguments. Takes any string, never throws.
 *
 * @example splitIntoThread("One.\n---\nTwo.") // ["One.", "Two."]
 */
export function splitIntoThread(text: string, options: SplitOptions = {}): string[] {
  const limit = Math.max(1, Math.floor(options.limit ?? TWEET_LIMIT) || 1);
  const normal = text.replace(REFUSED, "").replace(/\r\n?/g, "\n").normalize("NFC");
  const sections = sectionsOf(normal).map((section) => new Section(section, limit));
  const tweets = divide(sections, evenBudget(limit));
  return options.numbered === true && tweets.length > 1 ? numbered(sections, limit, tweets.length) : tweets;
}

/** A part of the text between two manual breaks. Most are one tweet as they are and never analysed. */
class Section {
  readonly text: string;
  readonly weight: number;
  readonly #limit: number;
  #divisible: Divisible | undefined;

  constructor(text: string, limit: number) {
    this.text = text;
    this.weight = weightedLength(text);
    this.#limit = limit;
  }

  divisible(): Divisible {
    if (this.#divisible === undefined) {
      const { text } = this;
      const analysed = { text, entities: findEntities(text), weights: runningWeights(text) };
      this.#divisible = { ...analysed, breaks: findBreaks(analysed, this.#limit) };
    }
    return this.#divisible;
  }
}

function divide(sections: readonly Section[], budget: Budget): string[] {
  const tweets: string[] = [];
  for (const section of sections) {
    const number = tweets.length + 1;
    if (section.weight <= budget.of(number)) tweets.push(section.text);
    else for (const tweet of fit(section.divisible(), budget, number)) tweets.push(tweet);
  }
  return tweets;
}

/** `atLeast` is the number of tweets without counters; with them it can grow by a digit, which takes room in turn. */
function numbered(sections: readonly Section[], limit: number, atLeast: number): string[] {
  for (let digits = digitsOf(atLeast); ; digits++) {
    const tweets = divide(sections, numberedBudget(limit, digits));
    if (digitsOf(tweets.length) <= digits) return tweets.map((tweet, i) => tweet + counter(i + 1, tweets.length));
  }
}
