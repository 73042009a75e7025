import { sql } from "drizzle-orm";
import { boolean, check, index, pgTable, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";

/** The X accounts that have signed in. A hold stops the whole account (credits, spend cap), not one post. */
export const accounts = pgTable(
  "accounts",
  {
    id: uuid().primaryKey().defaultRandom(),
    /** X's user id: a decimal string of up to 19 digits. */
    xUserId: text().notNull(),
    username: text().notNull(),
    name: text().notNull(),
    /** X's `subscription_type`: None, Basic, Premium or PremiumPlus. Premium accounts may post up to 25,000. */
    subscriptionType: text(),
    isDefault: boolean().notNull().default(false),
    heldUntil: timestamp({ withTimezone: true }),
    holdCode: text(),
    /** The thread that has the account's timeline to itself, and until when unless it goes on saying so. */
    lanePost: text(),
    laneUntil: timestamp({ withTimezone: true }),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex("accounts_x_user_id").on(t.xUserId),
    uniqueIndex("accounts_one_default").on(t.isDefault).where(sql`${t.isDefault}`),
    check("accounts_lane_whole", sql`(${t.lanePost} is null) = (${t.laneUntil} is null)`),
    index("accounts_held").on(t.heldUntil).where(sql`${t.holdCode} is not null`),
  ],
);
