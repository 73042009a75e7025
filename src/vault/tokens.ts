import { and, eq, sql } from "drizzle-orm";
import { PsnError } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import type { Queryable } from "../db/connection.ts";
import { accounts, oauthTokens } from "../db/schema.ts";
import { decrypt, encrypt } from "./cipher.ts";
import type { EndCode } from "./ended.ts";
import type { Keyring } from "./keyring.ts";
import { encryptingNow } from "./keys.ts";

export type TokenRow = typeof oauthTokens.$inferSelect;

/** A pair as X gives it. */
export interface TokenPair {
  readonly accessToken: Secret;
  readonly refreshToken: Secret;
  readonly expiresAt: Date;
  readonly scopes: readonly string[];
}

/** A ciphertext opens only as this token of this account in this version. */
const identity = (kind: "access" | "refresh", accountId: string, version: number) =>
  `oauth_tokens|${accountId}|${kind}|${version}`;

export const openAccessToken = (keyring: Keyring, row: TokenRow): Secret =>
  decrypt(keyring, row.accessToken, identity("access", row.accountId, row.version));

export const openRefreshToken = (keyring: Keyring, row: TokenRow): Secret =>
  decrypt(keyring, row.refreshToken, identity("refresh", row.accountId, row.version));

/** Both tokens as ciphertexts of this account and version. */
export const sealTokens = (
  keyring: Keyring,
  accountId: string,
  version: number,
  { accessToken, refreshToken }: Pick<TokenPair, "accessToken" | "refreshToken">,
) => ({
  accessToken: encrypt(keyring, accessToken, identity("access", accountId, version)),
  refreshToken: encrypt(keyring, refreshToken, identity("refresh", accountId, version)),
});

function sealed(keyring: Keyring, accountId: string, version: number, pair: TokenPair) {
  return {
    ...sealTokens(keyring, accountId, version, pair),
    scopes: [...pair.scopes],
    expiresAt: pair.expiresAt,
    refreshedAt: sql`now()`,
    refreshLease: null,
    refreshLeaseUntil: null,
    deadCode: null,
    deadSince: null,
    lastFailure: null,
  };
}

/** Stores the pair of a new sign-in over whatever was there. */
export async function saveSignIn(db: Queryable, keyring: Keyring, accountId: string, pair: TokenPair): Promise<void> {
  const [old] = await db
    .select({ version: oauthTokens.version })
    .from(oauthTokens)
    .where(eq(oauthTokens.accountId, accountId))
    .for("update");
  const version = (old?.version ?? 0) + 1;
  const columns = sealed(await encryptingNow(db, keyring), accountId, version, pair);
  await db
    .insert(oauthTokens)
    .values({ accountId, version, ...columns })
    .onConflictDoUpdate({ target: oauthTokens.accountId, set: { version, ...columns } });
}

/**
 * Stores a refreshed pair in place of version `from`. False when another pair is there already:
 * then a new sign-in came in between, and this pair belongs to the old one.
 */
export async function saveRefreshed(
  db: Queryable,
  keyring: Keyring,
  accountId: string,
  from: number,
  pair: TokenPair,
): Promise<boolean> {
  const columns = sealed(await encryptingNow(db, keyring), accountId, from + 1, pair);
  const rows = await db
    .update(oauthTokens)
    .set({ version: from + 1, ...columns })
    .where(and(eq(oauthTokens.accountId, accountId), eq(oauthTokens.version, from)))
    .returning({ version: oauthTokens.version });
  return rows.length === 1;
}

/** X says that the sign-in is over. Only the version that X was asked about can be declared dead. */
export async function markDead(db: Queryable, accountId: string, version: number, code: EndCode): Promise<void> {
  await db
    .update(oauthTokens)
    .set({ deadCode: code, deadSince: sql`now()`, refreshLease: null, refreshLeaseUntil: null })
    .where(and(eq(oauthTokens.accountId, accountId), eq(oauthTokens.version, version)));
}

export async function tokenRow(db: Queryable, accountId: string): Promise<TokenRow | undefined> {
  const [row] = await db.select().from(oauthTokens).where(eq(oauthTokens.accountId, accountId));
  return row;
}

/** How many sign-ins the keys open, and whose they don't. */
export async function decryptable(db: Queryable, keyring: Keyring): Promise<{ opened: number; closed: string[] }> {
  const rows = await db
    .select({ row: oauthTokens, username: accounts.username })
    .from(oauthTokens)
    .innerJoin(accounts, eq(accounts.id, oauthTokens.accountId));
  const closed: string[] = [];
  for (const { row, username } of rows) {
    try {
      openAccessToken(keyring, row);
      openRefreshToken(keyring, row);
    } catch (error) {
      if (!(error instanceof PsnError)) throw error;
      closed.push(username);
    }
  }
  return { opened: rows.length - closed.length, closed };
}

export async function holdsTokens(db: Queryable): Promise<boolean> {
  const rows = await db.select({ id: oauthTokens.accountId }).from(oauthTokens).limit(1);
  return rows.length > 0;
}
