import { and, eq, notLike } from "drizzle-orm";
import type { Orm } from "../db/connection.ts";
import { oauthTokens } from "../db/schema.ts";
import { keyPrefix } from "./cipher.ts";
import type { Keyring } from "./keyring.ts";
import { openAccessToken, openRefreshToken, sealTokens } from "./tokens.ts";

/** How many sign-ins another key than this one closed. */
export async function olderRows(orm: Orm, version: number): Promise<number> {
  return await orm.$count(oauthTokens, notLike(oauthTokens.accessToken, `${keyPrefix(version)}%`));
}

/**
 * Encrypts anew, with the key that encrypts now, every sign-in that an older key closed. Row by row, each one statement
 * that changes nothing when the row was renewed meanwhile: it may be interrupted anywhere and repeated.
 * Returns how many there were.
 */
export async function reencrypt(orm: Orm, keyring: Keyring): Promise<number> {
  const rows = await orm
    .select()
    .from(oauthTokens)
    .where(notLike(oauthTokens.accessToken, `${keyPrefix(keyring.newest)}%`));
  let changed = 0;
  for (const row of rows) {
    const tokens = sealTokens(keyring, row.accountId, row.version, {
      accessToken: openAccessToken(keyring, row),
      refreshToken: openRefreshToken(keyring, row),
    });
    const done = await orm
      .update(oauthTokens)
      .set(tokens)
      .where(
        and(
          eq(oauthTokens.accountId, row.accountId),
          eq(oauthTokens.version, row.version),
          eq(oauthTokens.accessToken, row.accessToken),
        ),
      )
      .returning({ id: oauthTokens.accountId });
    changed += done.length;
  }
  // A row that was renewed between the look and the change was closed by whatever key its process had.
  return rows.length === changed ? changed : changed + (await reencrypt(orm, keyring));
}
