import { sql } from "drizzle-orm";
import type { Config } from "../../config/load.ts";
import { PsnError } from "../../core/errors.ts";
import { type Database, type DatabaseAddress, openDatabase } from "../../db/connection.ts";
import { databaseProblem, isConnectionLost } from "../../db/failures.ts";
import { migrate, newerSchema, schemaState } from "../../db/migrate.ts";
import { startEmbedded } from "../../embedded/server.ts";
import type { EngineName } from "../../engine/port.ts";
import { type OpenEngine, openEngine } from "../../hub/engine.ts";
import type { DeskParts } from "../../publishing/parts.ts";
import { reconcile } from "../../publishing/reconcile.ts";
import { notice } from "./output.ts";
import { ensureWorker } from "./worker.ts";

/** An open database that fits this code, and what the desk needs. */
export interface Session {
  readonly database: Database;
  readonly address: DatabaseAddress;
  readonly embedded: boolean;
  /** The process of the embedded server. */
  readonly serverPid: number | undefined;
  readonly desk: DeskParts;
  /** Why a post that this process stored has no alarm yet; undefined when all have theirs. */
  unarmed(): PsnError | undefined;
  close(): Promise<void>;
}

/**
 * Opens the database: the embedded server is started when it is down, and its schema made; one that the
 * person gave is only looked at. Then puts right what a dead process left, and sees to a worker.
 */
export async function openSession(config: Config): Promise<Session> {
  const session = await openDatabaseSession(config);
  try {
    const { onTheirWay, elsewhere, problem } = await reconcile(session.desk);
    if (problem !== undefined) notice(`warning: some posts are not armed. ${problem.message} psn tries again.`);
    const onThisMachine = config.engine === "local" ? onTheirWay : elsewhere;
    // The embedded server has a worker as long as it runs, which stops both when there is nothing to do.
    if (onThisMachine > 0 || session.embedded) await ensureWorker(config, session.database.orm);
    return session;
  } catch (error) {
    await session.close();
    throw databaseProblem(error) ?? error;
  }
}

/** Without reconciling and without a worker: for the setup, and for the worker itself. */
export async function openDatabaseSession(
  config: Config,
  pool: { max: number; applicationName?: string } = { max: 2 },
): Promise<Session> {
  const first = await locate(config);
  try {
    return await connect(config, first, pool);
  } catch (error) {
    // The server was just stopping: one more try starts it again.
    if (!first.embedded || !isConnectionLost(error)) throw databaseProblem(error) ?? error;
    const second = await locate(config);
    return await connect(config, second, pool).catch((again: unknown) => {
      throw databaseProblem(again) ?? again;
    });
  }
}

interface Place {
  readonly address: DatabaseAddress;
  readonly embedded: boolean;
  readonly serverPid: number | undefined;
}

async function locate(config: Config): Promise<Place> {
  if (config.databaseUrl !== undefined) {
    const address = { url: config.databaseUrl.reveal() };
    return { address, embedded: false, serverPid: undefined };
  }
  const server = await startEmbedded({ stateDir: config.stateDir });
  const { host, port, user, database, pid } = server;
  return {
    address: { host, port, user, database },
    embedded: true,
    serverPid: pid,
  };
}

async function connect(
  config: Config,
  place: Place,
  pool: { max: number; applicationName?: string },
): Promise<Session> {
  const database = openDatabase(place.address, pool);
  const engines = new Map<EngineName, Promise<OpenEngine>>();
  let unarmed: PsnError | undefined;
  try {
    const state = await schemaState(database.orm);
    if (state === "newer") throw newerSchema();
    if (state !== "current") {
      if (!place.embedded) throw notMigrated();
      await migrateEverything(database, place.address);
    }
    return {
      ...place,
      database,
      desk: {
        orm: database.orm,
        now: () => new Date(),
        engineName: config.engine,
        engine: (name = config.engine) => {
          const open = engines.get(name) ?? openEngine(name, config, database.orm);
          engines.set(name, open);
          return open;
        },
        onUnarmed: (problem) => {
          unarmed = problem;
        },
      },
      unarmed: () => unarmed,
      close: async () => {
        for (const opened of await Promise.allSettled(engines.values())) {
          if (opened.status === "fulfilled") await opened.value.close();
        }
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** psn's tables and the queue's, as one step. */
export async function migrateEverything(database: Database, address: DatabaseAddress): Promise<void> {
  await migrate(database, async () => {
    const { installQueue } = await import("../../engine/local/queue.ts");
    await installQueue(address);
  });
}

const notMigrated = () =>
  new PsnError("database_not_migrated", "The database lacks psn's tables, or has older ones.", {
    next: "psn setup database",
  });

/** How the database answers, in its own words. */
export async function databaseVersion(database: Database): Promise<string> {
  const rows = await database.orm.execute<{ version: string }>(
    sql`select current_setting('server_version') as version`,
  );
  return rows[0]?.version ?? "unknown";
}
