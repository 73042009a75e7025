/** A process that wants an access token: prints the version it got, or why it got none. */

import { pressHere } from "../../src/cli/support/press.ts";
import { openDatabaseSession } from "../../src/cli/support/session.ts";
import { readEnvironment } from "../../src/config/environment.ts";
import { loadConfig } from "../../src/config/load.ts";

const config = loadConfig(readEnvironment());
const session = await openDatabaseSession(config, { max: 1 });
const { tokens } = await pressHere(config, session.desk);
const [account] = await session.database.sql<{ id: string }[]>`select id from accounts`;
const access = await tokens.access(account?.id ?? "");
console.log(access.ok ? access.version : access.why);
await session.close();
process.exit(0);
