import { sql } from "drizzle-orm";
import { storeKeyOnce } from "../../config/encryptionKey.ts";
import type { Config } from "../../config/load.ts";
import { PsnError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { Orm } from "../../db/connection.ts";
import { oauthTokens, pendingSignIns, vaultKeys } from "../../db/schema.ts";
import { fingerprint, type Keyring, makeKey, parseKeyring } from "../../vault/keyring.ts";
import { knownKeys, noteKey } from "../../vault/keys.ts";
import { holdsTokens } from "../../vault/tokens.ts";

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
  const given = parseKeyring(text);
  if (!(await knownKeys(orm)).has(given.newest)) await noteKey(orm, given);
  // Another first command may have noted its own key meanwhile.
  const known = await knownKeys(orm);
  for (const [version, key] of given.keys) {
    const noted = known.get(version);
    if (noted !== undefined && noted.fingerprint !== fingerprint(key)) throw otherKey(config, version);
  }
  const active = [...given.keys.keys()].filter((version) => known.get(version)?.active === true);
  const mustHave = Math.max(...[...known].filter(([, key]) => key.active).map(([version]) => version));
  if (!active.includes(mustHave)) throw notHere(config, mustHave);
  return { keys: given.keys, newest: mustHave };
}

const notHere = (config: Config, version: number) =>
  new PsnError(
    "key_missing",
    `This database encrypts with key v${version} by now, and it is not in PSN_ENCRYPTION_KEY here.`,
    {
      next: `copy PSN_ENCRYPTION_KEY from where the key was rotated into ${config.secretsFile}`,
    },
  );

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
