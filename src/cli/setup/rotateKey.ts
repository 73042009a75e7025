import { appendSetting } from "../../config/encryptionKey.ts";
import { readEnvFile } from "../../config/load.ts";
import { PsnError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { Orm } from "../../db/connection.ts";
import { withFileLock } from "../../files/lock.ts";
import { makeKey, parseKeyring } from "../../vault/keyring.ts";
import { activateKey, holdersWithout, isAtTrigger, knownKeys } from "../../vault/keys.ts";
import { olderRows, reencrypt } from "../../vault/reencrypt.ts";
import { green } from "../render/style.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand } from "../support/command.ts";
import { keyringHere } from "../support/keyring.ts";
import { notice } from "../support/output.ts";

/** A worker that has the new key shows it within about a second; one that is waiting for it to be copied, later. */
const SHOWN_WITHIN_MS = 45_000;
const LOOK_MS = 100;

export default defineCommand({
  name: "rotate-key",
  summary:
    "Make a new encryption key and encrypt the stored sign-ins with it; may be broken off and repeated at any point",
  examples: ["psn setup rotate-key"],
  configure: (command) => command.option("--no-wait", "don't wait for a worker to show that it has the new key"),
  run: async (cli, command) => {
    const { database } = await cli.session();
    const { orm } = database;
    await keyringHere(cli.config, orm);
    const version = await newKey(cli, orm);
    cli.reload();
    // Notes the new key, and proves that what was written is what is read.
    await keyringHere(cli.config, orm);
    await allHave(cli, orm, version, command.opts<{ wait: boolean }>().wait);
    await activateKey(orm, version);
    const changed = await reencrypt(orm, await keyringHere(cli.config, orm));
    const rows = `${changed} ${changed === 1 ? "sign-in" : "sign-ins"}`;
    return {
      data: { version, reencrypted: changed, file: cli.config.secretsFile },
      text: `${green("✓")} v${version} encrypts now; ${rows} encrypted anew. Keep a copy of ${cli.config.secretsFile}: the older keys in it still open older backups.`,
    };
  },
});

/** The version that shall encrypt: one that an earlier run has made and not finished, or a new one, kept beside the old ones. */
async function newKey({ config }: Cli, orm: Orm): Promise<number> {
  if (config.origins.PSN_ENCRYPTION_KEY === "environment") {
    throw new PsnError("input_needed", "PSN_ENCRYPTION_KEY comes from the environment, where psn can't add a key.", {
      next: `move PSN_ENCRYPTION_KEY into ${config.secretsFile}, then: psn setup rotate-key`,
    });
  }
  return await withFileLock(
    `${config.secretsFile}.lock`,
    async () => {
      const text = readEnvFile(config.secretsFile)["PSN_ENCRYPTION_KEY"]?.trim() ?? "";
      const given = parseKeyring(new Secret(text));
      const known = await knownKeys(orm);
      if (known.get(given.newest)?.active !== true) return given.newest;
      if (await isUnfinished(orm, given.newest)) return given.newest;
      const version = given.newest + 1;
      appendSetting(config.secretsFile, "PSN_ENCRYPTION_KEY", `${text},${makeKey(version).reveal()}`);
      return version;
    },
    { timeoutMs: 10_000 },
  );
}

/** Whether an earlier run died between the activation and the last row. */
const isUnfinished = async (orm: Orm, version: number): Promise<boolean> => (await olderRows(orm, version)) > 0;

/** Nothing is encrypted with a key that somebody who publishes could not open it with. */
async function allHave({ config }: Cli, orm: Orm, version: number, wait: boolean): Promise<void> {
  const until = performance.now() + (wait ? SHOWN_WITHIN_MS : 0);
  let told = false;
  for (;;) {
    const without = await holdersWithout(orm, version);
    if (without.length === 0) return;
    // It gets the key by a deploy, which nobody makes while this waits.
    if (performance.now() >= until || without.some(isAtTrigger)) throw notShown(config.secretsFile, without, version);
    if (!told) notice(`Waiting for ${without.join(", ")} to show that it has the new key…`);
    told = true;
    await Bun.sleep(LOOK_MS);
  }
}

const notShown = (file: string, without: readonly string[], version: number) =>
  new PsnError(
    "key_unproven",
    `${without.join(", ")} has not shown that it has key v${version}, so nothing was encrypted with it.`,
    {
      next: without.some(isAtTrigger)
        ? "psn setup deploy, then: psn setup rotate-key"
        : `copy PSN_ENCRYPTION_KEY of ${file} to there, then: psn setup rotate-key`,
    },
  );
