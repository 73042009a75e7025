import { type Content, finalText } from "../core/post/content.ts";
import { type Cost, costOf } from "../core/post/cost.ts";
import { shortSeal } from "../core/post/seal.ts";
import type { PostStatus, SubStatus, TweetState } from "../core/post/states.ts";
import { type Warning, warningsOf } from "../core/post/warnings.ts";
import { weightedLength } from "../core/text/count.ts";
import { describeWhen } from "../core/time/describe.ts";
import type { Post } from "../db/posts.ts";
import type { StoredFailure } from "../db/schema.ts";
import { type Choice, choicesOf } from "./choices.ts";

/** `data` of every command that shows a post. */
export interface PostView {
  readonly id: string;
  readonly status: PostStatus;
  readonly subStatus: SubStatus | null;
  /** `undo`: what is out is being deleted, or was to be. */
  readonly intent: "publish" | "undo";
  /** The first eight digits. */
  readonly seal: string;
  readonly account: string | null;
  readonly tweets: readonly TweetView[];
  readonly cost: Cost;
  readonly warnings: readonly Warning[];
  /** ISO instant in UTC. */
  readonly scheduledAt: string | null;
  /** The same instant for a person: "Tue 24 Nov 2026, 09:00 America/Lima (in 25 h)". */
  readonly local: string | null;
  readonly zone: string | null;
  readonly late: "ask" | "publish";
  /** ISO instant after which it never goes out. */
  readonly notAfter: string | null;
  readonly failure: StoredFailure | null;
  /** The ways on, with what they cost, when there is more than one. */
  readonly choices?: readonly Choice[];
}

export interface TweetView {
  readonly n: number;
  /** The bytes that X is sent, counter included. */
  readonly text: string;
  /** Weighted characters, as X counts them. */
  readonly length: number;
  readonly limit: number;
  readonly state: TweetState;
  readonly id: string | null;
  readonly url: string | null;
  readonly media: readonly {
    readonly file: string;
    readonly type: string;
    readonly width: number;
    readonly height: number;
    readonly bytes: number;
    readonly alt: string;
  }[];
}

/** What a tweet is, whether it is out or not. */
export function wordsOf(content: Content, index: number, limit: number): Omit<TweetView, "state" | "id" | "url"> {
  const text = finalText(content, index);
  const images = content.tweets[index]?.images ?? [];
  return {
    n: index + 1,
    text,
    length: weightedLength(text),
    limit,
    media: images.map(({ fileName, mime, width, height, size, alt }) => ({
      ...{ file: fileName, type: mime, width, height, bytes: size, alt },
    })),
  };
}

export function viewOf(post: Post, now: Date): PostView {
  const { row, account, content } = post;
  const choices = choicesOf(post);
  return {
    id: post.id,
    status: row.status,
    subStatus: row.subStatus,
    intent: row.intent,
    seal: shortSeal(post.seal),
    account: account === undefined ? null : `@${account.username}`,
    tweets: post.tweets.map((tweet, index) => {
      const { media, ...words } = wordsOf(content, index, post.limit);
      return {
        ...words,
        state: tweet.state,
        id: tweet.xId,
        url:
          tweet.xId === null || tweet.state === "deleted"
            ? null
            : `https://x.com/${account?.username ?? "i"}/status/${tweet.xId}`,
        media,
      };
    }),
    cost: costOf(content),
    warnings: warningsOf(content, post.limit),
    scheduledAt: row.scheduledAt?.toISOString() ?? null,
    local: row.scheduledAt === null ? null : describeWhen(row.scheduledAt, row.zone ?? "UTC", now),
    zone: row.zone,
    late: row.latePolicy,
    notAfter: row.notAfter?.toISOString() ?? null,
    failure: row.failure,
    ...(choices.length === 0 ? {} : { choices }),
  };
}
