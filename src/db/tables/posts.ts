import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { POST_STATUSES, SUB_STATUSES, TWEET_STATES } from "../../core/post/states.ts";
import { accounts } from "./accounts.ts";

export const postStatus = pgEnum("post_status", POST_STATUSES);
export const subStatus = pgEnum("post_sub_status", SUB_STATUSES);
export const tweetState = pgEnum("tweet_state", TWEET_STATES);
/** What a run does with the post: send what is unsent, or take back what is out. */
export const postIntent = pgEnum("post_intent", ["publish", "undo"]);
/** When the tweet above is gone from X: ask the person, or go on under the last one that is left. */
export const parentGone = pgEnum("parent_gone", ["ask", "last-living"]);
export const latePolicy = pgEnum("late_policy", ["ask", "publish"]);
export const engineName = pgEnum("engine_name", ["local", "trigger"]);

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });

/** Why a post stopped, as it is shown to the person. */
export interface StoredFailure {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

export const posts = pgTable(
  "posts",
  {
    id: text().primaryKey(),
    /** Null only for a draft that was written before any sign-in. */
    accountId: uuid().references(() => accounts.id),
    status: postStatus().notNull().default("draft"),
    subStatus: subStatus(),
    scheduledAt: timestamp({ withTimezone: true }),
    /** The IANA zone and the wall time ("2026-11-24T09:00") that the person approved. */
    zone: text(),
    wallTime: text(),
    /** Rises with every change that makes older alarms wrong: edit, time, cancel. */
    revision: integer().notNull().default(1),
    /** The number of the alarm that may act; older alarms do nothing. */
    alarm: integer().notNull().default(0),
    /** When the current alarm rings; not always the scheduled instant (rate limits, retries). */
    alarmAt: timestamp({ withTimezone: true }),
    engine: engineName(),
    /** The engine's run of the current alarm; null between the commit and the arming. */
    runId: text(),
    /** sha-256 (hex) of what the person approved. */
    approvedSeal: text(),
    approvedAt: timestamp({ withTimezone: true }),
    latePolicy: latePolicy().notNull().default("ask"),
    notAfter: timestamp({ withTimezone: true }),
    leaseToken: uuid(),
    leaseUntil: timestamp({ withTimezone: true }),
    intent: postIntent().notNull().default("publish"),
    parentGone: parentGone().notNull().default("ask"),
    /** Set by a cancel while the post is publishing; read before every tweet. */
    stopRequested: boolean().notNull().default(false),
    numbered: boolean().notNull().default(false),
    failure: jsonb().$type<StoredFailure>(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    publishedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    check("posts_id_shape", sql`${t.id} ~ '^p[0-9a-hjkmnp-tv-z]{8}$'`),
    check("posts_seal_shape", sql`${t.approvedSeal} ~ '^[0-9a-f]{64}$'`),
    check(
      "posts_armed_is_approved",
      sql`${t.status} not in ('scheduled', 'publishing') or (${t.accountId} is not null and ${t.approvedSeal} is not null and ${t.scheduledAt} is not null and ${t.alarm} > 0 and ${t.alarmAt} is not null)`,
    ),
    check("posts_publishing_is_leased", sql`(${t.status} = 'publishing') = (${t.leaseToken} is not null)`),
    check("posts_lease_whole", sql`(${t.leaseToken} is null) = (${t.leaseUntil} is null)`),
    check("posts_published_has_time", sql`(${t.status} = 'published') = (${t.publishedAt} is not null)`),
    check("posts_failed_has_reason", sql`${t.status} <> 'failed' or ${t.failure} is not null`),
    // The three questions that every command asks; each touches only posts that are on their way.
    index("posts_scheduled").on(t.alarmAt).where(sql`${t.status} = 'scheduled'`),
    index("posts_publishing").on(t.leaseUntil).where(sql`${t.status} = 'publishing'`),
    index("posts_unconfirmed").on(t.updatedAt).where(sql`${t.status} = 'failed' and ${t.subStatus} = 'unconfirmed'`),
    index("posts_drafts").on(t.updatedAt).where(sql`${t.status} = 'draft'`),
    index("posts_failed").on(t.updatedAt).where(sql`${t.status} = 'failed'`),
  ],
);

export const tweets = pgTable(
  "tweets",
  {
    id: uuid().primaryKey().defaultRandom(),
    postId: text()
      .notNull()
      .references(() => posts.id, { onDelete: "cascade" }),
    /** 1 for the first tweet of the post. */
    position: integer().notNull(),
    text: text().notNull(),
    state: tweetState().notNull().default("unsent"),
    xId: text(),
    sentAt: timestamp({ withTimezone: true }),
    /** The person had the rest go out as a thread of its own: this tweet replies to nothing. */
    startsThread: boolean().notNull().default(false),
    /** Tries that X answered with a refusal worth repeating, or that were proven absent. */
    tries: integer().notNull().default(0),
  },
  (t) => [
    unique("tweets_order").on(t.postId, t.position),
    uniqueIndex("tweets_x_id").on(t.xId),
    check("tweets_position_positive", sql`${t.position} > 0`),
    check("tweets_out_has_x_id", sql`(${t.state} = 'unsent') = (${t.xId} is null)`),
    check("tweets_x_id_shape", sql`${t.xId} ~ '^[0-9]{1,19}$'`),
  ],
);

/** What a change made of a post: its words and images, each with the id that it has elsewhere. */
export interface StoredTweet {
  readonly id: string;
  readonly text: string;
  readonly images: readonly { readonly id: string; readonly alt: string }[];
}

/** Everything that a post's content has been, numbered from 1: each change adds a row, and none is changed. */
export const versions = pgTable(
  "versions",
  {
    postId: text()
      .notNull()
      .references(() => posts.id, { onDelete: "cascade" }),
    n: integer().notNull(),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    how: text().notNull(),
    numbered: boolean().notNull(),
    tweets: jsonb().$type<readonly StoredTweet[]>().notNull(),
    /** sha-256 (hex), as it was shown then; null for what was there before versions were kept. */
    seal: text(),
  },
  (t) => [
    primaryKey({ columns: [t.postId, t.n] }),
    check("versions_from_one", sql`${t.n} > 0`),
    check("versions_seal_shape", sql`${t.seal} ~ '^[0-9a-f]{64}$'`),
  ],
);

/**
 * Images in the order of their tweet. The bytes live here because a cloud worker can't read a laptop's disk. One that
 * was taken off belongs to no tweet, and is kept for the versions that have it.
 */
export const media = pgTable(
  "media",
  {
    id: uuid().primaryKey().defaultRandom(),
    postId: text().references(() => posts.id, { onDelete: "cascade" }),
    tweetId: uuid().references(() => tweets.id, { onDelete: "set null" }),
    position: integer().notNull(),
    fileName: text().notNull(),
    mime: text().notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
    size: integer().notNull(),
    sha256: text().notNull(),
    alt: text().notNull().default(""),
    /** X's id of the upload, and when X forgets it (about 24 hours). */
    xMediaId: text(),
    xMediaExpiresAt: timestamp({ withTimezone: true }),
    altSet: boolean().notNull().default(false),
  },
  (t) => [
    index("media_of_tweet").on(t.tweetId, t.position),
    index("media_of_post").on(t.postId),
    check("media_belongs", sql`${t.tweetId} is not null or ${t.postId} is not null`),
    check("media_position", sql`${t.position} between 1 and 4`),
    check("media_upload_whole", sql`(${t.xMediaId} is null) = (${t.xMediaExpiresAt} is null)`),
  ],
);

/** One row is one upload segment. */
export const mediaChunks = pgTable(
  "media_chunks",
  {
    mediaId: uuid()
      .notNull()
      .references(() => media.id, { onDelete: "cascade" }),
    index: integer().notNull(),
    bytes: bytea().notNull(),
  },
  (t) => [primaryKey({ columns: [t.mediaId, t.index] })],
);

export const attemptKind = pgEnum("attempt_kind", ["tweet", "media", "alt_text", "delete"]);
/**
 * `open`: committed before the call; nobody knows yet. `ambiguous`: X may have it. The rest is known:
 * `sent` (X gave the id), `adopted` (found on the timeline), `refused`, `absent` (proven not there),
 * `not_sent` (closed before the request left).
 */
export const attemptOutcome = pgEnum("attempt_outcome", [
  "open",
  "ambiguous",
  "sent",
  "adopted",
  "refused",
  "absent",
  "not_sent",
]);

/** The journal: a row is committed before every call that can create something, and completed after it. */
export const attempts = pgTable(
  "attempts",
  {
    id: uuid().primaryKey(),
    postId: text()
      .notNull()
      .references(() => posts.id, { onDelete: "cascade" }),
    /** Not a foreign key: the journal outlives a tweet that was refused and then edited away. */
    tweetId: uuid().notNull(),
    position: integer().notNull(),
    kind: attemptKind().notNull(),
    outcome: attemptOutcome().notNull().default("open"),
    leaseToken: uuid().notNull(),
    /** What the tweet replied to; null for the first. */
    replyTo: text(),
    startedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    finishedAt: timestamp({ withTimezone: true }),
    httpStatus: integer(),
    code: text(),
    detail: text(),
    xId: text(),
    /** How often the timeline was read without finding it, and how often it could not be read. */
    looks: integer().notNull().default(0),
    unreadable: integer().notNull().default(0),
  },
  (t) => [
    // The fence: while one attempt of a tweet is unresolved, no other can be begun by anyone.
    uniqueIndex("attempts_one_unresolved")
      .on(t.tweetId)
      .where(sql`${t.kind} = 'tweet' and ${t.outcome} in ('open', 'ambiguous')`),
    // A tweet that went out has exactly one attempt that says so.
    uniqueIndex("attempts_one_success")
      .on(t.tweetId)
      .where(sql`${t.kind} = 'tweet' and ${t.outcome} in ('sent', 'adopted')`),
    index("attempts_of_post").on(t.postId, t.startedAt),
    check("attempts_open_unfinished", sql`(${t.outcome} = 'open') = (${t.finishedAt} is null)`),
    check(
      "attempts_success_has_id",
      sql`${t.kind} <> 'tweet' or (${t.outcome} in ('sent', 'adopted')) = (${t.xId} is not null)`,
    ),
  ],
);
