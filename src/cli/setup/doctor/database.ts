import { decryptable } from "../../../vault/tokens.ts";
import type { Cli } from "../../support/cli.ts";
import { keyringHere } from "../../support/keyring.ts";
import { databaseVersion } from "../../support/session.ts";
import { type Check, failed, ok } from "./check.ts";

/** The database answers, with this code's tables, and the key opens what is in it. */
export async function checkDatabase(cli: Cli): Promise<Check[]> {
  const { database, embedded } = await cli.session();
  const version = await databaseVersion(database);
  const asked = performance.now();
  await databaseVersion(database);
  const ms = Math.round(performance.now() - asked);
  const where = embedded ? "embedded" : `of DATABASE_URL (${cli.config.origins.DATABASE_URL})`;
  const keyring = await keyringHere(cli.config, database.orm);
  const { opened, closed } = await decryptable(database.orm, keyring);
  const key = `v${keyring.newest} opens ${opened} of ${opened + closed.length} sign-ins`;
  return [
    ok("database", `Postgres ${version}, ${where}, answers in ${ms} ms`),
    ok("migrations", "the tables are those of this psn"),
    closed.length === 0
      ? ok("encryption key", key)
      : failed(
          "encryption key",
          `${key}: not that of ${closed.map((name) => `@${name}`).join(", ")}.`,
          `put the key that psn made back into ${cli.config.secretsFile}, or: psn setup x-auth start`,
        ),
  ];
}
