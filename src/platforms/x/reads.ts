import type { XAnswer } from "./answer.ts";
import type { XCallName } from "./errors/failure.ts";
import type { XSettings } from "./exchange.ts";
import type { XEndpoint } from "./rateLimits.ts";
import { ANSWERS, REQUESTS } from "./schemas.ts";
import { notSendable, type Settled, settle } from "./settle.ts";
import { toXTweet } from "./tweet.ts";
import type { TimelinePage, XCall, XTweet, XUser } from "./types.ts";
import { fieldsIn, otherThan, refuses, type Vocabulary } from "./vocabulary.ts";

export interface TimelineQuery {
  readonly userId: string;
  /** Only tweets with a larger id. */
  readonly sinceId?: string;
  /** Only tweets made at or after this second. */
  readonly startTime?: Date;
  /** 5 to 100. @default X's, 10 */
  readonly maxResults?: number;
  readonly paginationToken?: string;
}

/** Who the token belongs to: `GET /2/users/me`. */
export async function readMe(settings: XSettings, call: XCall): Promise<XAnswer<XUser>> {
  const path = "/2/users/me?user.fields=subscription_type,verified_type,protected";
  const { answer } = await settle(settings, call, { call: "me", endpoint: "GET /2/users/me", path }, { value: toUser });
  return answer;
}

/** The reads of tweets. They share what they learn about the vocabulary that X accepts. */
export function createTweetReads(settings: XSettings) {
  let working: Vocabulary = "tweet";

  /** Asks in the vocabulary that worked last, and in the other one when X refuses it or passes over its fields. */
  async function inEither<T>(
    call: XCall,
    read: { name: XCallName; endpoint: XEndpoint; path: string; query: Record<string, string> },
    value: (json: unknown) => T | undefined,
    understood: (value: T) => boolean,
  ): Promise<XAnswer<T>> {
    const ask = (vocabulary: Vocabulary): Promise<Settled<T>> => {
      const query = new URLSearchParams({ ...read.query, ...fieldsIn(vocabulary) });
      const request = { call: read.name, endpoint: read.endpoint, path: `${read.path}?${query}` };
      return settle(settings, call, request, { value });
    };
    const first = working;
    const { answer, problem } = await ask(first);
    const passed = answer.ok ? understood(answer.value) : !refuses(first, answer.failure.status, problem?.words ?? "");
    if (passed) return answer;
    const second = await ask(otherThan(first));
    if (second.answer.ok) working = otherThan(first);
    return second.answer.ok || !answer.ok ? second.answer : answer;
  }

  return {
    /** `GET /2/tweets/:id`; `not_found` when it is deleted, `not_visible` when the account may not see it. */
    getTweet(call: XCall, id: string): Promise<XAnswer<XTweet>> {
      const checked = REQUESTS.id.safeParse(id);
      if (!checked.success) return Promise.resolve(notSendable(settings, "getTweet", checked.error));
      const read = { name: "getTweet", endpoint: "GET /2/tweets/:id", path: `/2/tweets/${id}`, query: {} } as const;
      return inEither(call, read, toTweet, hasTime);
    },

    /** One page of an account's own tweets without retweets, newest first: `GET /2/users/:id/tweets`. */
    ownTimeline(call: XCall, query: TimelineQuery): Promise<XAnswer<TimelinePage>> {
      const checked = REQUESTS.ownTimeline.safeParse(query);
      if (!checked.success) return Promise.resolve(notSendable(settings, "ownTimeline", checked.error));
      const { userId, sinceId, startTime, maxResults, paginationToken } = checked.data;
      const read = {
        name: "ownTimeline",
        endpoint: "GET /2/users/:id/tweets",
        path: `/2/users/${userId}/tweets`,
        query: {
          exclude: "retweets",
          ...(sinceId === undefined ? {} : { since_id: sinceId }),
          // X documents whole seconds.
          ...(startTime === undefined ? {} : { start_time: `${startTime.toISOString().slice(0, 19)}Z` }),
          ...(maxResults === undefined ? {} : { max_results: String(maxResults) }),
          ...(paginationToken === undefined ? {} : { pagination_token: paginationToken }),
        },
      } as const;
      return inEither(call, read, toPage, ({ tweets }) => tweets.length === 0 || tweets.some(hasTime));
    },
  };
}

/** X always knows when a tweet was made; an answer without the time passed over the fields that were asked for. */
function hasTime(tweet: XTweet): boolean {
  return tweet.createdAt !== undefined;
}

function toUser(json: unknown): XUser | undefined {
  const data = ANSWERS.me.safeParse(json).data?.data;
  if (data === undefined) return undefined;
  return {
    id: data.id,
    username: data.username,
    name: data.name ?? data.username,
    ...(data.subscription_type ? { subscriptionType: data.subscription_type } : {}),
    ...(data.verified_type ? { verifiedType: data.verified_type } : {}),
    ...(typeof data.protected === "boolean" ? { isProtected: data.protected } : {}),
  };
}

function toTweet(json: unknown): XTweet | undefined {
  const data = ANSWERS.getTweet.safeParse(json).data?.data;
  return data === undefined ? undefined : toXTweet(data);
}

function toPage(json: unknown): TimelinePage | undefined {
  const page = ANSWERS.ownTimeline.safeParse(json).data;
  if (page === undefined) return undefined;
  const nextToken = page.meta?.next_token;
  return { tweets: (page.data ?? []).map(toXTweet), ...(nextToken ? { nextToken } : {}) };
}
