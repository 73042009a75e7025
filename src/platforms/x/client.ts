import type { XAnswer } from "./answer.ts";
import type { XSettings } from "./exchange.ts";
import { type NewImage, setAltText, uploadImage } from "./media.ts";
import { createTweetReads, readMe, type TimelineQuery } from "./reads.ts";
import type { CreatedTweet, DeletedTweet, Fetch, TimelinePage, UploadedImage, XCall, XTweet, XUser } from "./types.ts";
import { createTweet, deleteTweet, type NewTweet } from "./writes.ts";

export interface XClientOptions {
  /** `https://api.x.com`, or another X: the sandbox, X's simulator, a test. */
  readonly apiUrl: string;
  readonly fetch: Fetch;
  readonly now: () => Date;
  /** For one call with its answer, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number;
  /** In [0, 1): the jitter of waiting times. @default Math.random */
  readonly random?: () => number;
}

/**
 * X's API, as far as psn uses it. Every method makes one request (a read of tweets two, while it finds the vocabulary
 * that X accepts), repeats nothing, and never throws for what X or the network does: the answer says it.
 */
export interface XClient {
  me(call: XCall): Promise<XAnswer<XUser>>;
  createTweet(call: XCall, tweet: NewTweet): Promise<XAnswer<CreatedTweet>>;
  getTweet(call: XCall, id: string): Promise<XAnswer<XTweet>>;
  ownTimeline(call: XCall, query: TimelineQuery): Promise<XAnswer<TimelinePage>>;
  deleteTweet(call: XCall, id: string): Promise<XAnswer<DeletedTweet>>;
  uploadImage(call: XCall, image: NewImage): Promise<XAnswer<UploadedImage>>;
  setAltText(call: XCall, mediaId: string, text: string): Promise<XAnswer<{ readonly id: string }>>;
}

export function createXClient(options: XClientOptions): XClient {
  const settings: XSettings = { timeoutMs: 10_000, random: Math.random, ...options };
  const reads = createTweetReads(settings);
  return {
    me: (call) => readMe(settings, call),
    createTweet: (call, tweet) => createTweet(settings, call, tweet),
    getTweet: reads.getTweet,
    ownTimeline: reads.ownTimeline,
    deleteTweet: (call, id) => deleteTweet(settings, call, id),
    uploadImage: (call, image) => uploadImage(settings, call, image),
    setAltText: (call, mediaId, text) => setAltText(settings, call, mediaId, text),
  };
}
