import { and, like, sql } from "drizzle-orm";
import journal from "../../../../drizzle/meta/_journal.json" with { type: "json" };
import manifest from "../../../../package.json" with { type: "json" };
import type { Config } from "../../../config/load.ts";
import type { Database, Orm } from "../../../db/connection.ts";
import { keyHolders } from "../../../db/schema.ts";
import type { HealthReport } from "../../../hub/health.ts";
import { openKeyring } from "../../../hub/keyring.ts";
import { fingerprint, parseKeyring } from "../../../vault/keyring.ts";
import { AT_TRIGGER } from "../../../vault/keys.ts";
import { holdsTokens } from "../../../vault/tokens.ts";
import { databaseVersion } from "../../support/session.ts";
import { type Difference, differences, type Here } from "./compare.ts";
import { noKeyYet } from "./errors.ts";
import { askWorker } from "./health.ts";
import type { Link } from "./link.ts";
import { redactor } from "./redact.ts";

/** A deployed worker, held against this machine. */
export interface Look {
  readonly run: string;
  /** The deployment that answered; undefined where Trigger.dev does not say. */
  readonly version: string | undefined;
  readonly here: Here;
  readonly there: HealthReport;
  readonly differences: readonly Difference[];
}

/**
 * Runs psn-health at Trigger.dev and compares: code, tables, key, and the database itself, in which the worker leaves a
 * mark while it looks. `deployed` is the deployment that should answer. Throws PsnError as `askWorker` does, `key_missing`.
 */
export async function lookAtWorker(
  config: Config,
  database: Database,
  link: Link,
  { limitMs, deployed }: { limitMs: number; deployed?: string | undefined },
): Promise<Look> {
  const here = await lookHere(config, database);
  const begun = await marksSince(database.orm);
  const { run, version, report } = await askWorker(link, limitMs, redactor(config));
  const expected = report.problem === null && (await holdsTokens(database.orm));
  const sameDatabase = expected ? await begun.anySince() : undefined;
  const found = differences({ here, there: report, sameDatabase, deployed, answered: version });
  return { run, version, here, there: report, differences: found };
}

/** The first line of what a person reads of it. */
export function sentenceOf({ there }: Look): string {
  const { version, migration } = there.code;
  return `psn-health answers: psn ${version}, tables ${migration}, key v${there.keyVersion}, the same database`;
}

async function lookHere(config: Config, database: Database): Promise<Here> {
  const text = config.encryptionKey;
  if (text === undefined) throw noKeyYet();
  // The worker must not be held against a key that is wrong here.
  await openKeyring(config, database.orm, () => Promise.reject(noKeyYet()));
  const { newest, keys } = parseKeyring(text);
  return {
    code: { version: manifest.version, migration: journal.entries.at(-1)?.tag ?? "none" },
    databaseVersion: await databaseVersion(database),
    keyVersion: newest,
    keyFingerprint: fingerprint(keys.get(newest) ?? new Uint8Array()),
  };
}

/** By the database's own clock: whether a worker at Trigger.dev has shown its key in it from now on. */
async function marksSince(orm: Orm): Promise<{ anySince(): Promise<boolean> }> {
  const [row] = await orm.execute<{ now: string }>(sql`select clock_timestamp()::text as now`);
  const begun = row?.now ?? "infinity";
  return {
    async anySince() {
      const since = sql`${keyHolders.seenAt} >= ${begun}::timestamptz`;
      const rows = await orm
        .select({ name: keyHolders.name })
        .from(keyHolders)
        .where(and(like(keyHolders.name, `${AT_TRIGGER}%`), since));
      return rows.length > 0;
    },
  };
}
