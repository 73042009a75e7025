import type { Account } from "./accounts.ts";
import { compareIds, type Snowflakes } from "./ids.ts";
import type { StoredMedia } from "./media.ts";

/** A picture as it was when its tweet was made: an alt text that comes later does not reach it. */
export interface AttachedMedia {
  readonly media: StoredMedia;
  readonly alt: string | null;
}

export interface StoredTweet {
  readonly id: string;
  /** 1 for the first tweet of this sandbox, in the order of creation. */
  readonly order: number;
  readonly account: Account;
  /** As written: NFC, without white space at its ends. */
  readonly text: string;
  readonly parent: StoredTweet | null;
  readonly conversationId: string;
  readonly createdAt: Date;
  readonly media: readonly AttachedMedia[];
  readonly options: TweetOptions;
  /** All versions of this tweet, oldest first; shared by them. */
  readonly history: string[];
  /** How many reads of a timeline there had been. */
  readonly readsBefore: number;
  deleted: boolean;
}

export interface TweetOptions {
  readonly replySettings: string;
  readonly paidPartnership: boolean;
  readonly madeWithAi: boolean;
}

export interface NewTweet {
  readonly account: Account;
  readonly text: string;
  readonly parent: StoredTweet | null;
  readonly media: readonly AttachedMedia[];
  readonly options: TweetOptions;
}

export const PLAIN_OPTIONS: TweetOptions = { replySettings: "everyone", paidPartnership: false, madeWithAi: false };

/** Every tweet there ever was, deleted ones and earlier versions included. */
export class Tweets {
  readonly #byId = new Map<string, StoredTweet>();
  readonly #ids: Snowflakes;
  /** Reads of any timeline so far. */
  timelineReads = 0;

  constructor(ids: Snowflakes) {
    this.#ids = ids;
  }

  create(tweet: NewTweet, now: Date): StoredTweet {
    const id = this.#ids.next(now);
    return this.#store({ ...tweet, id, conversationId: tweet.parent?.conversationId ?? id, history: [id] }, now);
  }

  /** A new version with an id of its own; the old one stays readable by its id and leaves the timelines. */
  edit(original: StoredTweet, text: string, now: Date): StoredTweet {
    const { account, parent, media, options, conversationId, history } = original;
    const id = this.#ids.next(now);
    history.push(id);
    return this.#store({ account, parent, media, options, conversationId, history, text: normalized(text), id }, now);
  }

  /** Also finds deleted tweets; replies to a deleted tweet stay up. */
  find(id: string): StoredTweet | undefined {
    return this.#byId.get(id);
  }

  findLiving(id: string): StoredTweet | undefined {
    const tweet = this.#byId.get(id);
    return tweet === undefined || tweet.deleted ? undefined : tweet;
  }

  delete(tweet: StoredTweet): void {
    for (const id of tweet.history) {
      const version = this.#byId.get(id);
      if (version !== undefined) version.deleted = true;
    }
  }

  /** A living tweet of the account with this very text, at most `windowMs` old; replies count like any other. */
  duplicateOf(account: Account, text: string, now: Date, windowMs: number | null): StoredTweet | undefined {
    return this.#all().find(
      (tweet) =>
        tweet.account === account &&
        isCurrent(tweet) &&
        tweet.text === text &&
        text !== "" &&
        (windowMs === null || now.getTime() - tweet.createdAt.getTime() <= windowMs),
    );
  }

  /** The account's living tweets in their newest version, newest first. */
  timeline(account: Account): StoredTweet[] {
    return this.#all()
      .filter((tweet) => tweet.account === account && isCurrent(tweet))
      .sort((a, b) => compareIds(b.id, a.id));
  }

  inOrder(): StoredTweet[] {
    return this.#all();
  }

  #all(): StoredTweet[] {
    return [...this.#byId.values()];
  }

  #store(tweet: Omit<StoredTweet, "order" | "createdAt" | "readsBefore" | "deleted">, now: Date): StoredTweet {
    const order = this.#byId.size + 1;
    const stored = { ...tweet, order, createdAt: now, readsBefore: this.timelineReads, deleted: false };
    this.#byId.set(stored.id, stored);
    return stored;
  }
}

/** X counts, compares and shows a text in NFC and without white space at its ends. */
export function normalized(text: string): string {
  return text.normalize("NFC").trim();
}

function isCurrent(tweet: StoredTweet): boolean {
  return !tweet.deleted && tweet.history.at(-1) === tweet.id;
}
