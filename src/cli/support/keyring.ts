import { sql } from "drizzle-orm";
import { storeKeyOnce } from "../../config/encryptionKey.ts";
import type { Config } from "../../config/load.ts";
import type { Secret } from "../../core/secret.ts";
import type { Orm } from "../../db/connection.ts";
import { oauthTokens, pendingSignIns, vaultKeys } from "../../db/schema.ts";
import { openKeyring } from "../../hub/keyring.ts";
import { type Keyring, makeKey } from "../../vault/keyring.ts";

/** The encryption keys of this machine; the first is made here, and kept in the person's secrets file. */
export const keyringHere = (config: Config, orm: Orm): Promise<Keyring> =>
  openKeyring(config, orm, () => storeKeyOnce(config.secretsFile, () => firstKey(orm)));

/**
 * A new key; what was begun with a key that is lost, and can't be finished any more, is forgotten. A sign-in that was
 * stored meanwhile is kept, and its key stays the only one that will do.
 */
async function firstKey(orm: Orm): Promise<Secret> {
  const nobody = sql`not exists (select 1 from ${oauthTokens})`;
  await orm.transaction(async (tx) => {
    await tx.delete(pendingSignIns).where(nobody);
    await tx.delete(vaultKeys).where(nobody);
  });
  return makeKey();
}
