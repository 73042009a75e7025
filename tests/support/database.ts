import { randomUUID } from "node:crypto";
import postgres from "postgres";

/** A database of its own, copied from the migrated template; about 30 ms. */
export interface FreshDatabase {
  readonly url: string;
  readonly sql: postgres.Sql;
  drop(): Promise<void>;
}

const QUIET = { onnotice: () => undefined } as const;
/** The connection that makes and drops databases ends itself, so that a program which has used it can end. */
const IDLE_SECONDS = 1;
let admin: postgres.Sql | undefined;

export async function freshDatabase(): Promise<FreshDatabase> {
  const server = process.env["PSN_TEST_DATABASE_URL"];
  if (server === undefined) throw new Error("these tests need a server: run them by npm test, or npm test -- FILTER");
  admin ??= postgres(server, { ...QUIET, fetch_types: false, max: 1, idle_timeout: IDLE_SECONDS });
  const ruling = admin;
  const name = `t_${randomUUID().replaceAll("-", "")}`;
  await ruling.unsafe(`create database ${name} template psn_template strategy file_copy`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  // Types are fetched: without that, postgres.js 3.4.9 never hands out a reserved connection that it has to open first.
  const sql = postgres(url.href, { ...QUIET, max: 2 });
  return {
    url: url.href,
    sql,
    drop: async () => {
      await sql.end({ timeout: 1 });
      await ruling.unsafe(`drop database if exists ${name} with (force)`);
    },
  };
}
