import { logger } from "@trigger.dev/sdk";
import { readEnvironment } from "../../config/environment.ts";
import { type Config, loadConfig } from "../../config/load.ts";
import type { Secret } from "../../core/secret.ts";
import { type Database, openDatabase } from "../../db/connection.ts";
import { newerSchema, schemaState } from "../../db/migrate.ts";
import { openTriggerEngine } from "../../engine/trigger/engine.ts";
import { openKeyring } from "../../hub/keyring.ts";
import { openPress } from "../../hub/press.ts";
import type { DeskParts, PressParts } from "../../publishing/parts.ts";
import type { Keyring } from "../../vault/keyring.ts";
import { failureOf, keyMissing, noDatabase, notHere, notLinked, notMigrated } from "./failures.ts";

/** What a run on the platform's machine works with. Opened where it is needed. */
export interface Worker {
  readonly config: Config;
  readonly desk: DeskParts;
  /** The keys given, checked against the database. A worker never makes one. Throws `key_missing`. */
  keyring(): Promise<Keyring>;
  press(): Promise<PressParts>;
}

const CONNECTIONS = 2;

/** One pool for the process, which may live through several attempts, and lead to another database after a deploy. */
let pool: { readonly url: string; readonly database: Database } | undefined;

/** The settings of this moment: the platform writes them into the environment before it starts a run. */
export const readSettings = (): Config => loadConfig(readEnvironment());

/**
 * Runs the body of a task. Throws AbortTaskRunError, after which the platform tries no more, for what only a person can
 * mend; anything else as an error that holds no text, token or statement, after which it tries again.
 */
export async function inWorker<T>(body: (worker: Worker) => Promise<T>): Promise<T> {
  try {
    const config = readSettings();
    const { orm } = databaseOf(config);
    const schema = await schemaState(orm);
    if (schema === "newer") throw newerSchema();
    if (schema !== "current") throw notMigrated();
    return await body(workerFor(config));
  } catch (error) {
    throw failureOf(error);
  }
}

export function workerFor(config: Config): Worker {
  const { orm } = databaseOf(config);
  const keyring = () => openKeyring(keyed(config), orm, noFirstKey);
  let engine: ReturnType<typeof engineOf> | undefined;
  const desk: DeskParts = {
    orm,
    now: () => new Date(),
    engineName: "trigger",
    engine: async (name = "trigger") => {
      if (name === "local") throw notHere();
      engine ??= engineOf(config);
      return await engine;
    },
    onUnarmed: ({ code, message }) => logger.warn(`${message} The watchdog sets the alarm.`, { code }),
  };
  return { config, desk, keyring, press: async () => openPress(config, desk, await keyring()) };
}

/** Throws `not_set_up` where the database is the one that psn starts on the person's machine. */
export function databaseOf({ databaseUrl }: Config): Database {
  if (databaseUrl === undefined) throw noDatabase();
  const url = databaseUrl.reveal();
  if (pool?.url !== url) {
    void pool?.database.close();
    pool = { url, database: openDatabase({ url }, { max: CONNECTIONS, applicationName: "psn at Trigger.dev" }) };
  }
  return pool.database;
}

function keyed(config: Config): Config {
  if (config.encryptionKey === undefined) throw keyMissing();
  return config;
}

async function noFirstKey(): Promise<Secret> {
  throw keyMissing();
}

/** The platform gives every run the key and the address of its own environment. */
async function engineOf({ trigger: { secretKey, apiUrl } }: Config) {
  if (secretKey === undefined) throw notLinked();
  return await openTriggerEngine({ secretKey, apiUrl, now: () => new Date() });
}
