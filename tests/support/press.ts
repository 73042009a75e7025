import { pressHere } from "../../src/cli/support/press.ts";
import { openDatabaseSession, type Session } from "../../src/cli/support/session.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { PressParts } from "../../src/publishing/parts.ts";
import type { Person } from "./person.ts";

/** The parts of publishing in this process, on a person's database and X: for what a worker does, without one. */
export async function pressOf(
  person: Person,
  changes: Partial<PressParts> = {},
): Promise<{ parts: PressParts; session: Session }> {
  const config = loadConfig({ env: person.env, home: person.home, cwd: person.home });
  const session = await openDatabaseSession(config, { max: 8 });
  return { parts: { ...(await pressHere(config, session.desk)), ...changes }, session };
}
