import { sql } from "drizzle-orm";
import { check, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./accounts.ts";

/** Fingerprints of the encryption keys that the ciphertexts here were made with. Never the keys. */
export const vaultKeys = pgTable("vault_keys", {
  version: integer().primaryKey(),
  fingerprint: text().notNull().unique(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  /** Since when it encrypts. Null: it is known, and not everybody who needs it has shown that he has it. */
  activeAt: timestamp({ withTimezone: true }),
});

/** Who publishes from this database, on whatever machine, and which key it has shown to have. */
export const keyHolders = pgTable("key_holders", {
  name: text().primaryKey(),
  newest: integer().notNull(),
  seenAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

/** One sign-in per account. Both tokens are ciphertexts; `version` rises with every stored pair. */
export const oauthTokens = pgTable(
  "oauth_tokens",
  {
    accountId: uuid()
      .primaryKey()
      .references(() => accounts.id, { onDelete: "cascade" }),
    accessToken: text().notNull(),
    refreshToken: text().notNull(),
    version: integer().notNull(),
    scopes: text().array().notNull(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    refreshedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** Who is refreshing, until when. Only its holder may call X with the refresh token. */
    refreshLease: uuid(),
    refreshLeaseUntil: timestamp({ withTimezone: true }),
    /** Why the person must sign in again; null while the sign-in works. */
    deadCode: text(),
    deadSince: timestamp({ withTimezone: true }),
    /** The last refresh that failed for another reason, cleared by the next success. */
    lastFailure: text(),
  },
  (t) => [
    check("oauth_tokens_version_positive", sql`${t.version} > 0`),
    check("oauth_tokens_dead_has_since", sql`(${t.deadCode} is null) = (${t.deadSince} is null)`),
    check("oauth_tokens_lease_whole", sql`(${t.refreshLease} is null) = (${t.refreshLeaseUntil} is null)`),
  ],
);

/** Sign-ins that were begun and not finished: state and code verifier, encrypted, for ten minutes. */
export const pendingSignIns = pgTable("pending_sign_ins", {
  id: uuid().primaryKey(),
  secrets: text().notNull(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp({ withTimezone: true }).notNull(),
});
