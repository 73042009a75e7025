import { and, eq, exists, isNull, lt, max, or, sql } from "drizzle-orm";
import type { Queryable } from "../db/connection.ts";
import { keyHolders, oauthTokens, vaultKeys } from "../db/schema.ts";
import { fingerprint, type Keyring } from "./keyring.ts";

/** What the database knows of a key: never the key. */
export interface KnownKey {
  readonly fingerprint: string;
  readonly active: boolean;
}

/** The keys that this database was used with, by version. */
export async function knownKeys(db: Queryable): Promise<ReadonlyMap<number, KnownKey>> {
  const rows = await db.select().from(vaultKeys);
  return new Map(rows.map((row) => [row.version, { fingerprint: row.fingerprint, active: row.activeAt !== null }]));
}

/**
 * Notes the newest key's fingerprint; the first to come wins. The first key of all encrypts at once, a later one only
 * when it is activated.
 */
export async function noteKey(db: Queryable, keyring: Keyring): Promise<void> {
  const key = keyring.keys.get(keyring.newest);
  if (key === undefined) return;
  const first = sql`case when exists (select 1 from ${vaultKeys}) then null else now() end`;
  await db
    .insert(vaultKeys)
    .values({ version: keyring.newest, fingerprint: fingerprint(key), activeAt: first })
    .onConflictDoNothing();
}

/** The keys at hand with the one on top that the database encrypts with by now: it may have been rotated meanwhile. */
export async function encryptingNow(db: Queryable, keyring: Keyring): Promise<Keyring> {
  const known = await knownKeys(db);
  const active = [...keyring.keys.keys()].filter((version) => known.get(version)?.active === true);
  return active.length === 0 ? keyring : { ...keyring, newest: Math.max(...active) };
}

/** From now on this key encrypts. */
export async function activateKey(db: Queryable, version: number): Promise<void> {
  await db
    .update(vaultKeys)
    .set({ activeAt: sql`now()` })
    .where(and(eq(vaultKeys.version, version), isNull(vaultKeys.activeAt)));
}

/** The newest key that the database knows of; undefined while it holds no sign-in, and nobody needs a key. */
export async function newestKnown(db: Queryable): Promise<number | undefined> {
  const held = db.select({ one: sql`1` }).from(oauthTokens);
  const [row] = await db
    .select({ newest: max(vaultKeys.version) })
    .from(vaultKeys)
    .where(exists(held));
  return row?.newest ?? undefined;
}

/** Who publishes shows, again and again, which key it has: call with a keyring that was checked against this database. */
export async function showKey(db: Queryable, name: string, newest: number): Promise<void> {
  await db
    .insert(keyHolders)
    .values({ name, newest })
    .onConflictDoUpdate({ target: keyHolders.name, set: { newest, seenAt: sql`now()` } });
}

/** Whoever ends is not asked for a key any more. */
export async function forgetHolder(db: Queryable, name: string): Promise<void> {
  await db.delete(keyHolders).where(eq(keyHolders.name, name));
}

/** Who has shown a key lately is taken to be there still. */
const LATELY_SECONDS = 120;
/** At Trigger.dev there is no worker between two runs: the watchdog, every five minutes, shows the key for all. */
const LATELY_THERE_SECONDS = 660;
/** What such a worker is called here, before its environment. */
export const AT_TRIGGER = "worker at Trigger.dev";
export const isAtTrigger = (holder: string): boolean => holder.startsWith(AT_TRIGGER);

/**
 * Who publishes from this database and has not shown this version. A worker of a machine holds a session under its name
 * for as long as it lives: one that was killed a moment ago is not waited for.
 */
export async function holdersWithout(db: Queryable, version: number): Promise<string[]> {
  const lives = sql`exists (select from pg_stat_activity
    where datname = current_database() and application_name = left('psn ' || replace(${keyHolders.name}, ' on ', ' '), 63))`;
  const rows = await db
    .select({ name: keyHolders.name })
    .from(keyHolders)
    .where(
      and(
        lt(keyHolders.newest, version),
        sql`${keyHolders.seenAt} > now() - make_interval(secs => case
          when starts_with(${keyHolders.name}, ${AT_TRIGGER}) then ${LATELY_THERE_SECONDS}::int else ${LATELY_SECONDS}::int end)`,
        or(sql`${keyHolders.name} !~ '^worker [0-9]+ on '`, lives),
      ),
    );
  return rows.map(({ name }) => name);
}
