import { dirname } from "node:path";
import { makePrivateFolder } from "../files/atomic.ts";
import { withFileLock } from "../files/lock.ts";
import { appendSetting } from "./encryptionKey.ts";
import { wrongSetting } from "./errors.ts";
import type { Config } from "./load.ts";
import { SETTINGS, type SettingName } from "./settings.ts";

const LOCK_MS = 10_000;

/**
 * Keeps a setting in the file where it belongs: what is secret in the user's secrets file, the rest in config/hub.env.
 * Returns the file. Throws `config_invalid` for a value that psn would not take, without showing a secret.
 */
export async function storeSetting(
  { hubFile, secretsFile }: Pick<Config, "hubFile" | "secretsFile">,
  name: SettingName,
  value: string,
): Promise<string> {
  const { place, schema, expected } = SETTINGS[name];
  const file = place === "secret" ? secretsFile : hubFile;
  if (!schema.safeParse(value).success) throw wrongSetting({ place: "What was given", key: name, expected });
  makePrivateFolder(dirname(file));
  await withFileLock(`${file}.lock`, () => appendSetting(file, name, value), { timeoutMs: LOCK_MS });
  return file;
}
