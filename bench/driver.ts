import type { Sql } from "postgres";
import { openDatabase } from "../src/db/connection.ts";
import { startEmbedded } from "../src/embedded/server.ts";
import type { Household } from "../tests/support/household.ts";

/** A connection of the bench's own to a household's embedded database. */
export async function postgres(household: Household): Promise<Sql> {
  const { host, port, user, database } = await startEmbedded({ stateDir: household.stateDir });
  return openDatabase({ host, port, user, database }, { max: 1 }).sql;
}
