import type { Secret } from "../../core/secret.ts";

/** `fetch` as psn uses it: handed in, so that a test or a proxy can stand in for the network. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What every call needs. Ids are always strings: X's have 19 digits, more than a number holds. */
export interface XCall {
  readonly accessToken: string | Secret;
  /** For the whole call, the answer's body included. @default the client's, 10 s */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The account that a token belongs to. */
export interface XUser {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  /** `None`, `Basic`, `Premium` or `PremiumPlus` (X's data dictionary): decides the length of a tweet. */
  readonly subscriptionType?: string;
  readonly verifiedType?: string;
  readonly isProtected?: boolean;
}

export interface CreatedTweet {
  readonly id: string;
  /** As X stored it, with its t.co links: not comparable to what was sent. */
  readonly text?: string;
}

/** A tweet as X shows it, whichever of its two vocabularies it used. */
export interface XTweet {
  readonly id: string;
  /**
   * The full text, also of a long post, as X writes it: links are t.co, `& < >` are entities. The t.co link that X
   * adds for media is taken off.
   */
  readonly text: string;
  readonly createdAt?: Date;
  /** The tweet that this one answers. */
  readonly repliedTo?: string;
  readonly conversationId?: string;
  /** The links of the text, without the one for media. */
  readonly urls: readonly { readonly url: string; readonly expandedUrl: string }[];
  readonly mediaCount: number;
  /** Every id that this tweet has had; empty when X does not say. */
  readonly editHistoryIds: readonly string[];
}

export interface TimelinePage {
  /** Newest first. */
  readonly tweets: readonly XTweet[];
  /** Where the next page begins; absent on the last one. */
  readonly nextToken?: string;
}

export interface DeletedTweet {
  /** True when X had no such tweet any more, which is what was wanted. */
  readonly wasGone: boolean;
}

export interface UploadedImage {
  /** For `mediaIds` of createTweet. */
  readonly id: string;
  /** When X forgets the upload unless a tweet uses it; absent when X does not say. */
  readonly expiresAt?: Date;
}
