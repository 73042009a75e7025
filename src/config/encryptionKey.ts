import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { Secret } from "../core/secret.ts";
import { makePrivateFolder, writeFileAtomically } from "../files/atomic.ts";
import { withFileLock } from "../files/lock.ts";
import { readEnvFile } from "./load.ts";

const LOCK_MS = 10_000;

/**
 * Makes the encryption key and keeps it in the user's secrets file (0600 in a 0700 folder), unless another
 * process made it meanwhile: then that one is used. The lock is the kernel's, so two first commands at once
 * make one key.
 */
export async function storeKeyOnce(secretsFile: string, make: () => Promise<Secret>): Promise<Secret> {
  makePrivateFolder(dirname(secretsFile));
  return await withFileLock(
    `${secretsFile}.lock`,
    async () => {
      const there = readEnvFile(secretsFile)["PSN_ENCRYPTION_KEY"]?.trim();
      if (there !== undefined && there !== "") return new Secret(there);
      const key = await make();
      appendSetting(secretsFile, "PSN_ENCRYPTION_KEY", key.reveal());
      return key;
    },
    { timeoutMs: LOCK_MS },
  );
}

/** Sets one line of an env file, keeping every other line as it is. Call under the file's lock. */
export function appendSetting(file: string, name: string, value: string): void {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const kept = lines.filter((line) => !new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(line));
  while (kept.at(-1)?.trim() === "") kept.pop();
  writeFileAtomically(file, `${[...kept, `${name}=${value}`].join("\n")}\n`, 0o600);
}
