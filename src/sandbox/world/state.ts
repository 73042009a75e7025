import { shownText } from "../api/text.ts";
import { mediaLinkOf } from "../api/tweet-view.ts";
import type { FaultView } from "./faults.ts";
import type { TokenCounts } from "./grants.ts";
import type { Attempt } from "./journal.ts";
import type { Settings } from "./settings.ts";
import type { StoredTweet } from "./tweets.ts";
import type { World } from "./world.ts";

interface TweetState {
  readonly id: string;
  readonly order: number;
  readonly account: string;
  /** As it was written. */
  readonly text: string;
  /** As X returns it. */
  readonly shownText: string;
  readonly parent: string | null;
  readonly conversation: string;
  readonly createdAt: string;
  readonly media: readonly {
    readonly id: string;
    readonly type: string;
    readonly sha256: string;
    readonly alt: string | null;
  }[];
  readonly deleted: boolean;
  /** Ids of all versions, oldest first. */
  readonly history: readonly string[];
  readonly replySettings: string;
  readonly paidPartnership: boolean;
  readonly madeWithAi: boolean;
}

interface MediaState {
  readonly id: string;
  readonly account: string;
  readonly category: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
  readonly alt: string | null;
  readonly uploadedAt: string;
  readonly expired: boolean;
}

/** All that the sandbox tells about itself. It holds no header, no token, no code and no secret. */
export interface SandboxState {
  readonly now: string;
  readonly accounts: readonly {
    readonly id: string;
    readonly handle: string;
    readonly subscription: string;
    readonly suspended: boolean;
  }[];
  /** In the order of creation, deleted ones and earlier versions included. */
  readonly tweets: readonly TweetState[];
  readonly media: readonly MediaState[];
  readonly tokens: TokenCounts;
  /** Calls per endpoint, for example `POST /2/tweets`; struck ones too. */
  readonly calls: Readonly<Record<string, number>>;
  readonly attempts: readonly Attempt[];
  readonly faults: readonly FaultView[];
  readonly billing: {
    readonly creditsUsd: number | null;
    readonly spentUsd: number;
    readonly spendCapUntil: string | null;
  };
  readonly settings: Settings;
}

export function stateOf(world: World): SandboxState {
  const now = world.now();
  return {
    now: now.toISOString(),
    accounts: world.accounts
      .all()
      .map(({ id, handle, subscription, suspended }) => ({ id, handle, subscription, suspended })),
    tweets: world.tweets.inOrder().map(tweetState),
    media: world.media.all().map((media) => ({
      id: media.id,
      account: media.account.handle,
      category: media.category,
      type: media.type,
      size: media.size,
      sha256: media.sha256,
      alt: media.alt,
      uploadedAt: media.uploadedAt.toISOString(),
      expired: now.getTime() >= media.expiresAt,
    })),
    tokens: world.grants.counts(now),
    calls: world.journal.calls(),
    attempts: world.journal.attempts(),
    faults: world.faults.view(),
    billing: world.billing.view(),
    settings: world.settings,
  };
}

function tweetState(tweet: StoredTweet): TweetState {
  return {
    id: tweet.id,
    order: tweet.order,
    account: tweet.account.handle,
    text: tweet.text,
    shownText: shownText(tweet.id, tweet.text, mediaLinkOf(tweet)).text,
    parent: tweet.parent?.id ?? null,
    conversation: tweet.conversationId,
    createdAt: tweet.createdAt.toISOString(),
    media: tweet.media.map(({ media, alt }) => ({ id: media.id, type: media.type, sha256: media.sha256, alt })),
    deleted: tweet.deleted,
    history: tweet.history,
    replySettings: tweet.options.replySettings,
    paidPartnership: tweet.options.paidPartnership,
    madeWithAi: tweet.options.madeWithAi,
  };
}
