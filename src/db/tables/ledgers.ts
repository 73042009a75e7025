import {
  bigint,
  bigserial,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { accounts } from "./accounts.ts";
import { posts } from "./posts.ts";

/** Every change of state, in order: the story that `psn show` tells. */
export const events = pgTable(
  "events",
  {
    id: bigserial({ mode: "bigint" }).primaryKey(),
    postId: text()
      .notNull()
      .references(() => posts.id, { onDelete: "cascade" }),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    kind: text().notNull(),
    detail: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  },
  (t) => [index("events_of_post").on(t.postId, t.id)],
);

/** The last reading of each of X's limits, per account, endpoint and window. */
export const rateLimits = pgTable(
  "rate_limits",
  {
    accountId: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    endpoint: text().notNull(),
    window: text().notNull(),
    limit: integer().notNull(),
    remaining: integer().notNull(),
    resetAt: timestamp({ withTimezone: true }).notNull(),
    seenAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.endpoint, t.window] })],
);

/** What X bills, by our own count: X has no endpoint that tells what was written. */
export const spend = pgTable(
  "spend",
  {
    id: bigserial({ mode: "bigint" }).primaryKey(),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    postId: text().references(() => posts.id, { onDelete: "set null" }),
    /** One attempt is billed once, however often its answer is recorded. */
    attemptId: uuid(),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    item: text().notNull(),
    /** Millionths of a US dollar. */
    microUsd: bigint({ mode: "number" }).notNull(),
  },
  (t) => [uniqueIndex("spend_once_per_attempt").on(t.attemptId), index("spend_by_time").on(t.accountId, t.at)],
);
