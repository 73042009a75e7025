import type { Config } from "../config/load.ts";
import { PsnError } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import type { Orm } from "../db/connection.ts";
import { fingerprint, type Keyring, parseKeyring } from "../vault/keyring.ts";
import { knownKeys, noteKey } from "../vault/keys.ts";
import { holdsTokens } from "../vault/tokens.ts";

/**
 * The encryption keys: the ones given, or on the first day the one that `first` makes and keeps. A key is never made
 * anew while the database holds what an older key encrypted. Throws PsnError `key_missing`.
 */
export async function openKeyring(config: Config, orm: Orm, first: () => Promise<Secret>): Promise<Keyring> {
  if (config.encryptionKey === undefined && (await holdsTokens(orm))) {
    throw new PsnError("key_missing", "The database holds an encrypted sign-in, and its key is not here.", {
      next: `put PSN_ENCRYPTION_KEY back into ${config.secretsFile}`,
    });
  }
  const text = config.encryptionKey ?? (await first());
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

const otherKey = (config: Config, version: number) =>
  new PsnError(
    "key_missing",
    `PSN_ENCRYPTION_KEY v${version} is another key than the one this database was used with.`,
    {
      next: `put the old PSN_ENCRYPTION_KEY back into ${config.secretsFile}`,
    },
  );
