import { sql } from "drizzle-orm";
import journal from "../../../drizzle/meta/_journal.json" with { type: "json" };
import { version } from "../../../package.json";
import type { Config } from "../../config/load.ts";
import type { Queryable } from "../../db/connection.ts";
import { newerSchema, schemaState } from "../../db/migrate.ts";
import type { HealthReport } from "../../hub/health.ts";
import { xOAuthFor } from "../../hub/x.ts";
import { fingerprint, parseKeyring } from "../../vault/keyring.ts";
import { keyMissing, kindOf, notMigrated, problemOf } from "./failures.ts";
import { showKeyHeld } from "./keep.ts";
import { databaseOf, readSettings, workerFor } from "./worker.ts";

type Findings = { -readonly [K in keyof HealthReport]: HealthReport[K] };

/** Looks at everything that publishing needs, as far as it gets, and never throws: what stops it is the report. */
export async function lookAtHealth(environment: string): Promise<HealthReport> {
  const found: Findings = {
    engine: "trigger",
    code: { version, migration: journal.entries.at(-1)?.tag ?? "none" },
    databaseOk: false,
    databaseVersion: null,
    schema: null,
    keyFingerprint: null,
    keyVersion: null,
    problem: null,
  };
  try {
    await look(found, environment);
  } catch (error) {
    found.problem = problemOf(error) ?? { code: "unexpected", message: kindOf(error), next: "psn setup doctor" };
  }
  return found;
}

async function look(found: Findings, environment: string): Promise<void> {
  const config = readSettings();
  lookAtKey(found, config);
  const { orm } = databaseOf(config);
  found.databaseVersion = await serverVersion(orm);
  found.databaseOk = true;
  found.schema = await schemaState(orm);
  if (found.schema === "newer") throw newerSchema();
  if (found.schema !== "current") throw notMigrated();
  if (found.keyVersion === null) throw keyMissing();
  const worker = workerFor(config);
  await worker.keyring();
  await showKeyHeld(worker, environment);
  xOAuthFor(config);
}

function lookAtKey(found: Findings, { encryptionKey }: Config): void {
  if (encryptionKey === undefined) return;
  const { newest, keys } = parseKeyring(encryptionKey);
  const key = keys.get(newest);
  found.keyVersion = newest;
  found.keyFingerprint = key === undefined ? null : fingerprint(key);
}

async function serverVersion(db: Queryable): Promise<string> {
  const rows = await db.execute<{ version: string }>(sql`select current_setting('server_version') as version`);
  return rows[0]?.version ?? "unknown";
}
