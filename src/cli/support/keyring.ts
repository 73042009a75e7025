import { sql } from "drizzle-orm";
import { storeKeyOnce } from "../../config/encryptionKey.ts";
import type { Config } from "../../config/load.ts";
import { PsnError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { Orm } from "../../db/connection.ts";
import { oauthTokens, pendingSignIns, vaultKeys } from "../../db/schema.ts";
import { fingerprint, type Keyring, makeKey, parseKeyring } from "../../vault/keyring.ts";
import { holdsTokens, knownKeys, noteKey } from "../../vault/tokens.ts";

/**
 * The encryption keys: the ones given, or a new one on the first day. A key is never made anew while the
 * database holds what an older key encrypted.
 */
export async function openKeyring(config: Config, orm: Orm): Promise<Keyring> {
  if (config.encryptionKey === undefined && (await holdsTokens(orm))) {
    throw new PsnError("key_missing", "The database holds an encrypted sign-in, and its key is not here.", {
      next: `put PSN_ENCRYPTION_KEY back into ${config.secretsFile}`,
    });
  }
  const text = config.encryptionKey ?? (await storeKeyOnce(config.secretsFile, () => firstKey(orm)));
  const keyring = parseKeyring(text);
  const known = await knownKeys(orm);
  for (const [version, key] of keyring.keys) {
    const noted = known.get(version);
    if (noted !== undefined && noted !== fingerprint(key)) throw otherKey(config, version);
  }
  if (!known.has(keyring.newest)) {
    await noteKey(orm, keyring);
    // Another first command may have noted its own key meanwhile.
    const newest = keyring.keys.get(keyring.newest);
    if (newest !== undefined && (await knownKeys(orm)).get(keyring.newest) !== fingerprint(newest)) {
      throw otherKey(config, keyring.newest);
    }
  }
  return keyring;
}

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

const otherKey = (config: Config, version: number) =>
  new PsnError(
    "key_missing",
    `PSN_ENCRYPTION_KEY v${version} is another key than the one this database was used with.`,
    {
      next: `put the old PSN_ENCRYPTION_KEY back into ${config.secretsFile}`,
    },
  );
