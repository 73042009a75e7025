import { join } from "node:path";
import { writeFileAtomically } from "../files/atomic.ts";

/** The one port number that names the socket; nothing listens on it over TCP unless `tcp` is set. */
export const PORT = 5432;
/** The server's superuser and psn's database. */
export const SUPERUSER = "psn";
export const DATABASE = "psn";

export interface ServerSettings {
  readonly socketDir: string;
  readonly port: number;
  /** Names of the system's users who may connect over the socket. */
  readonly systemUsers: readonly string[];
  /** Further lines: they win over those before. */
  readonly more?: Readonly<Record<string, string | number>>;
  /** Takes connections on 127.0.0.1 too, with a password. */
  readonly tcp?: boolean;
}

/**
 * Writes the server's settings into `home` and returns the path of the main file. They are psn's files, not
 * the server's: its user may read but not change them. The socket lets in the named users only, whom the
 * kernel vouches for ("peer"); the folder around it is closed to others as well.
 */
export function writeSettings(home: string, settings: ServerSettings): string {
  const main = join(home, "postgresql.conf");
  const access = join(home, "pg_hba.conf");
  const identities = join(home, "pg_ident.conf");
  const tcpRules = settings.tcp === true ? "host all all 127.0.0.1/32 scram-sha-256\n" : "";
  const names = [...new Set(["root", ...settings.systemUsers])];
  writeFileAtomically(access, `local all all peer map=psn\n${tcpRules}`, 0o644);
  writeFileAtomically(identities, names.map((name) => `psn "${name}" all\n`).join(""), 0o644);
  const lines = {
    ...BASE,
    listen_addresses: settings.tcp === true ? "127.0.0.1" : "",
    port: settings.port,
    // A list: the inner quotes keep a comma or a space in the path from parting it.
    unix_socket_directories: `"${settings.socketDir.replaceAll('"', '""')}"`,
    hba_file: access,
    ident_file: identities,
    ...settings.more,
  };
  const text = Object.entries(lines).map(([name, value]) => `${name} = ${quoted(value)}\n`);
  writeFileAtomically(main, text.join(""), 0o644);
  return main;
}

const BASE = {
  unix_socket_permissions: "0700",
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  // One person's posts: small, and few processes beside the postmaster.
  shared_buffers: "32MB",
  max_connections: 60,
  io_method: "sync",
  max_logical_replication_workers: 0,
  wal_level: "minimal",
  max_wal_senders: 0,
  max_wal_size: "128MB",
  min_wal_size: "32MB",
  jit: "off",
  huge_pages: "off",
  timezone: "UTC",
  // The log stays small and holds no row and no statement: start, stop, recovery and what is fatal.
  log_timezone: "UTC",
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_checkpoints: "off",
  log_autovacuum_min_duration: "-1",
  log_destination: "stderr",
  logging_collector: "off",
  allow_alter_system: "off",
} as const;

function quoted(value: string | number): string {
  return `'${String(value).replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
