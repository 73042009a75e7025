import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { TransactionSql } from "postgres";
import { PsnError } from "../core/errors.ts";
import type { Database } from "./connection.ts";
import { appliedMigration } from "./migrate.ts";

/**
 * What a backup holds, in an order in which it can be put back. No tokens: a refresh token is good once, so one that
 * comes back from yesterday ends today's sign-in. No keys, no settings.
 */
const TABLES = [
  "accounts",
  "posts",
  "tweets",
  "media",
  "media_chunks",
  "attempts",
  "events",
  "spend",
  "versions",
] as const;
/** The migration that brought them: a backup of a database that had not seen it ends before. */
const VERSIONS_SINCE = 1_795_393_418_601;
const FIRST_LINE = "psn-backup 1";
/** As in Postgres' own dumps: no row of COPY's text form can be this line. */
const END_OF_TABLE = "\\.";

interface Header {
  /** ISO instant in UTC. */
  readonly at: string;
  /** The newest migration that the database had seen: when it was made, in milliseconds. */
  readonly migration: number;
}

/** Writes everything as it is at one moment, while psn goes on working. Returns how many posts. */
export async function writeBackup({ sql, orm }: Database, out: Writable, now: Date): Promise<number> {
  const migration = (await appliedMigration(orm)) ?? 0;
  const header: Header = { at: now.toISOString(), migration };
  await say(out, `${FIRST_LINE}\n${JSON.stringify(header)}\n`);
  return await sql.begin("isolation level repeatable read read only", async (tx) => {
    for (const table of TABLES) {
      const columns = await columnsOf(tx, table);
      await say(out, `${JSON.stringify({ table, columns })}\n`);
      const rows = await tx`copy (select ${tx(columns)} from ${tx(table)}) to stdout`.readable();
      for await (const chunk of rows) await say(out, chunk);
      await say(out, `${END_OF_TABLE}\n`);
    }
    const [counted] = await tx<{ n: number }[]>`select count(*)::int as n from posts`;
    return counted?.n ?? 0;
  });
}

/**
 * Puts a backup into a database that holds nothing yet. What was on its way when the backup was made may have gone out
 * since: it is a draft again, or stopped where it stood. Throws `file_unreadable`, `wrong_state`, `database_newer`.
 */
export async function readBackup({ sql, orm }: Database, input: Readable): Promise<{ posts: number; at: string }> {
  const lines = linesOf(input);
  if ((await take(lines)) !== FIRST_LINE) throw noBackup();
  const header: Header = JSON.parse(await take(lines));
  const own = (await appliedMigration(orm)) ?? 0;
  if (header.migration > own) {
    throw new PsnError("database_newer", "The backup was made by a newer psn.", {
      next: "update psn (git pull && npm ci), then run the command again",
    });
  }
  return await sql.begin(async (tx) => {
    await mustBeEmpty(tx);
    const hasVersions = header.migration >= VERSIONS_SINCE;
    for (const wanted of TABLES.filter((table) => hasVersions || table !== "versions")) {
      const { table, columns } = tableOf(await take(lines));
      if (table !== wanted) throw noBackup();
      await putRows(await tx`copy ${tx(wanted)} (${tx(columns)}) from stdin`.writable(), lines);
    }
    if (!hasVersions) await beginVersions(tx);
    await takeBackWhatWasOnItsWay(tx, header.at);
    await tx`select setval(pg_get_serial_sequence('events', 'id'), coalesce((select max(id) from events), 1))`;
    await tx`select setval(pg_get_serial_sequence('spend', 'id'), coalesce((select max(id) from spend), 1))`;
    const [counted] = await tx<{ n: number }[]>`select count(*)::int as n from posts`;
    return { posts: counted?.n ?? 0, at: header.at };
  });
}

/** Gives a table its rows. When they break off the copy is given up: until then the database takes nothing else. */
async function putRows(into: Writable, lines: AsyncGenerator<string>): Promise<void> {
  try {
    for (let line = await take(lines); line !== END_OF_TABLE; line = await take(lines)) await say(into, `${line}\n`);
  } catch (error) {
    into.once("error", () => undefined);
    into.destroy(new Error("the backup broke off"));
    throw error;
  }
  into.end();
  await once(into, "finish");
}

/** As the migration does for a database: what every post is now is the first version that is known of it. */
async function beginVersions(tx: TransactionSql): Promise<void> {
  await tx`update media set post_id = t.post_id from tweets t where t.id = media.tweet_id`;
  await tx`
    insert into versions (post_id, n, at, how, numbered, tweets)
    select p.id, 1, p.updated_at, 'known', p.numbered, coalesce((
      select jsonb_agg(jsonb_build_object('id', t.id, 'text', t.text, 'images', coalesce((
        select jsonb_agg(jsonb_build_object('id', m.id, 'alt', m.alt) order by m.position)
        from media m where m.tweet_id = t.id), '[]')) order by t.position)
      from tweets t where t.post_id = p.id), '[]')
    from posts p`;
}

async function takeBackWhatWasOnItsWay(tx: TransactionSql, at: string): Promise<void> {
  const failure = {
    code: "restored",
    message: `It was on its way when the backup of ${at.slice(0, 10)} was made: look on X what of it is out.`,
    next: "psn status",
  };
  await tx`
    update posts p set
      revision = revision + 1, run_id = null, lease_token = null, lease_until = null, stop_requested = false,
      intent = 'publish', approved_seal = null, approved_at = null,
      status = case when begun then 'failed'::post_status else 'draft'::post_status end,
      sub_status = case when begun then 'thread_partial'::post_sub_status end,
      failure = case when begun then ${JSON.stringify(failure)}::text::jsonb end
    from (select id, exists (select 1 from tweets t where t.post_id = posts.id and t.state <> 'unsent')
        or exists (select 1 from attempts a where a.post_id = posts.id and a.outcome in ('open', 'ambiguous')) as begun
      from posts) s
    where s.id = p.id and p.status in ('scheduled', 'publishing')`;
}

async function mustBeEmpty(tx: TransactionSql): Promise<void> {
  const [found] = await tx<{ some: boolean }[]>`
    select exists (select 1 from posts) or exists (select 1 from accounts) as some`;
  if (found?.some !== true) return;
  throw new PsnError("wrong_state", "The database holds posts or accounts already; a backup goes into an empty one.", {
    next: "set PSN_STATE_DIR to a new folder (or DATABASE_URL to an empty database), then run the command again",
  });
}

async function columnsOf(tx: TransactionSql, table: string): Promise<string[]> {
  const rows = await tx<{ name: string }[]>`
    select column_name as name from information_schema.columns
    where table_schema = 'public' and table_name = ${table} order by ordinal_position`;
  return rows.map(({ name }) => name);
}

function tableOf(line: string): { table: string; columns: string[] } {
  const { table, columns }: { table?: unknown; columns?: unknown } = JSON.parse(line);
  if (typeof table !== "string" || !Array.isArray(columns)) throw noBackup();
  return { table, columns: columns.map(String) };
}

async function say(out: Writable, text: string | Uint8Array): Promise<void> {
  if (!out.write(text)) await once(out, "drain");
}

async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of input) {
    rest = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10, from)) {
      yield rest.toString("utf8", from, at);
      from = at + 1;
    }
    rest = rest.subarray(from);
  }
}

async function take(lines: AsyncGenerator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw noBackup();
  return value;
}

const noBackup = () =>
  new PsnError("file_unreadable", "The file is no backup of psn, or only a part of one.", {
    next: "give the file that psn setup backup wrote",
  });
