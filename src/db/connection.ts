import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { withSafeTransactions } from "./transactions.ts";

/** Where a database is: a URL that the person gave, or the socket folder of the embedded server. */
export type DatabaseAddress =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

export type Orm = PostgresJsDatabase;
export type Tx = Parameters<Parameters<Orm["transaction"]>[0]>[0];
/** What a repository needs: the connection, or a transaction on it. */
export type Queryable = Orm | Tx;

export interface Database {
  readonly orm: Orm;
  readonly sql: postgres.Sql;
  close(): Promise<void>;
}

/**
 * Opens a pool of at most `max` connections; the first query connects.
 * `prepare` is off for URLs whose pooler runs in transaction mode (`?prepare=false`).
 */
export function openDatabase(
  address: DatabaseAddress,
  options: { max?: number; applicationName?: string; onClose?: () => void } = {},
): Database {
  const settings = {
    max: options.max ?? 2,
    connect_timeout: 10,
    idle_timeout: 0,
    // A server that restarts is back in a second, and whoever holds a lease must not come late.
    backoff: (tries: number) => Math.min(1, 0.05 * 2 ** tries),
    // One round trip less at the start; psn reads no arrays of custom types.
    fetch_types: false,
    onnotice: () => undefined,
    ...(options.onClose === undefined ? {} : { onclose: options.onClose }),
    connection: { application_name: options.applicationName ?? "psn" },
  };
  const sql =
    "url" in address
      ? postgres(address.url, { ...settings, prepare: !/[?&]prepare=false\b/.test(address.url) })
      : postgres({ ...settings, ...address });
  return {
    sql,
    orm: drizzle(withSafeTransactions(sql), { casing: "snake_case" }),
    close: () => sql.end({ timeout: 1 }),
  };
}
