import { openDatabase } from "../../db/connection.ts";
import { databaseProblem } from "../../db/failures.ts";
import { schemaState } from "../../db/migrate.ts";
import { defineCommand } from "../support/command.ts";
import { databaseVersion, migrateEverything } from "../support/session.ts";

export default defineCommand({
  name: "database",
  summary: "Make or update psn's tables, in DATABASE_URL or in the embedded Postgres",
  examples: ["psn setup database"],
  configure: (command) => command,
  run: async (cli) => {
    const { databaseUrl } = cli.config;
    if (databaseUrl === undefined) {
      const { database } = await cli.session();
      const version = await databaseVersion(database);
      return {
        data: { kind: "embedded", version, schema: "current" },
        text: `The embedded Postgres ${version} is ready. To use your own, set DATABASE_URL in ${cli.config.secretsFile}.`,
      };
    }
    const address = { url: databaseUrl.reveal() };
    const database = openDatabase(address);
    try {
      const before = await schemaState(database.orm);
      await migrateEverything(database, address);
      // Not what the migration says, but what the database shows afterwards.
      const schema = await schemaState(database.orm);
      const version = await databaseVersion(database);
      return {
        data: { kind: "url", version, schema, before },
        text: `Postgres ${version} of DATABASE_URL is ready${before === "current" ? " (nothing to do)" : ""}.`,
      };
    } catch (error) {
      throw databaseProblem(error) ?? error;
    } finally {
      await database.close();
    }
  },
});
