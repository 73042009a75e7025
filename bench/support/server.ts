import postgres from "postgres";
import { openDatabase } from "../../src/db/connection.ts";
import { migrate } from "../../src/db/migrate.ts";
import { type ScratchServer, scratchServer } from "../../src/embedded/scratch.ts";
import { installQueue } from "../../src/engine/local/queue.ts";

/** A throw-away server with psn's tables and queue in `psn_template`, where the tests' own helpers find it. */
export async function templateServer(): Promise<ScratchServer> {
  const server = await scratchServer();
  await makeDatabase(server, "psn_template");
  process.env["PSN_TEST_DATABASE_URL"] = server.url("postgres");
  return server;
}

/** A database with psn's tables and queue. Returns its URL. */
export async function makeDatabase(server: ScratchServer, name: string): Promise<string> {
  const admin = postgres(server.url("postgres"), { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database ${name}`);
  await admin.end();
  const address = { url: server.url(name) };
  const database = openDatabase(address, { max: 2 });
  try {
    await migrate(database, () => installQueue(address));
  } finally {
    await database.close();
  }
  return address.url;
}
