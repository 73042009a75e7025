import { join } from "node:path";
import { sql } from "drizzle-orm";
import journal from "../../drizzle/meta/_journal.json" with { type: "json" };
import { PsnError } from "../core/errors.ts";
import { packageFolder } from "../files/package.ts";
import type { Database, Queryable } from "./connection.ts";
import { databaseCode } from "./failures.ts";

/** Any constant will do, as long as nothing else in the database uses it: "psn" and a number. */
const MIGRATION_LOCK = 0x70736e01;

export type SchemaState = "current" | "behind" | "empty" | "newer";

/** Compares the migrations that the database has seen with those of this code. */
export async function schemaState(db: Queryable): Promise<SchemaState> {
  const newest = newestMigration();
  const applied = await appliedMigration(db);
  if (applied === undefined) return "empty";
  if (applied > newest) return "newer";
  return applied === newest ? "current" : "behind";
}

/** When the newest migration of this code was generated, in milliseconds: what the database notes as applied. */
const newestMigration = (): number => journal.entries.at(-1)?.when ?? 0;

/** The newest migration that the database has seen, in milliseconds; undefined: none. */
export async function appliedMigration(db: Queryable): Promise<number | undefined> {
  try {
    const rows = await db.execute<{ at: string | null }>(
      sql`select max(created_at) as at from drizzle.__drizzle_migrations`,
    );
    const at = rows[0]?.at;
    return at === null || at === undefined ? undefined : Number(at);
  } catch (error) {
    if (databaseCode(error) === "42P01" || databaseCode(error) === "3F000") return undefined;
    throw error;
  }
}

/**
 * Brings the schema up to this code. Many processes may call it at once: an advisory lock lets one work
 * and the others find it done. `first` makes what must be there before the schema counts as current. A schema newer
 * than the code is refused, since old code would break its promises.
 */
export async function migrate(
  database: Database,
  first: () => Promise<void> = async () => undefined,
): Promise<{ from: SchemaState }> {
  const before = await schemaState(database.orm);
  if (before === "current") return { from: before };
  const session = await database.sql.reserve();
  try {
    await session`select pg_advisory_lock(${MIGRATION_LOCK})`;
    const from = await schemaState(database.orm);
    if (from === "newer") throw newerSchema();
    if (from !== "current") {
      await first();
      const { migrate: runMigrations } = await import("drizzle-orm/postgres-js/migrator");
      await runMigrations(database.orm, { migrationsFolder: join(packageFolder(), "drizzle") });
    }
    return { from };
  } finally {
    await session`select pg_advisory_unlock(${MIGRATION_LOCK})`;
    session.release();
  }
}

export function newerSchema(): PsnError {
  return new PsnError("database_newer", "This database was made by a newer psn; this one would misread it.", {
    next: "update psn (git pull && npm ci), then run the command again",
  });
}
