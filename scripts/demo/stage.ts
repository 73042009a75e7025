import { bold, dim } from "../../src/cli/render/style.ts";
import { openDatabase } from "../../src/db/connection.ts";
import { startEmbedded } from "../../src/embedded/server.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { Household } from "../../tests/support/household.ts";
import { type Line, wordsOf } from "../../tests/support/line.ts";
import type { DataOf } from "../../tests/support/printed/index.ts";

/** Where the demo plays: an X on loopback, and a psn with a home, a configuration and a database of its own. */
export interface Stage {
  readonly sandbox: Sandbox;
  /** Runs a psn command as its user would see it; `as` is what is shown as typed. */
  show(line: readonly string[], options?: { stdin?: string; as?: string }): Promise<void>;
  /** Runs a psn command on the side and returns the data of its envelope. */
  ask<const L extends Line>(line: L): Promise<DataOf<L>>;
  /** What lies in the database now, a line a table. */
  stored(): Promise<string[]>;
  clear(): Promise<void>;
}

export async function setStage(): Promise<Stage> {
  const sandbox = await startSandbox({ accounts: [{ handle: "ada_writes", name: "Ada" }] });
  const household = new Household({
    TERM: process.env["TERM"] ?? "dumb",
    ...(Bun.enableANSIColors ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" }),
    X_CLIENT_ID: "sandbox-client",
    X_CLIENT_SECRET: "sandbox-secret",
    X_API_URL: sandbox.apiUrl,
    X_AUTHORIZE_URL: sandbox.authorizeUrl,
  });

  async function run<const L extends Line>(line: L, stdin?: string, json?: boolean) {
    const ran = await household.psn(line, stdin, json);
    if (ran.exit !== 0)
      throw new Error(`psn ${wordsOf(line).join(" ")} ended with ${ran.exit}:\n${ran.stdout}${ran.stderr}`);
    return ran;
  }

  return {
    sandbox,
    async show(line, options = {}) {
      console.log(`\n${dim("$")} ${bold(options.as ?? `psn ${line.join(" ")}`)}`);
      const { stdout } = await run(line, options.stdin);
      console.log(stdout.trimEnd().replace(/^(?=.)/gm, "  "));
    },
    async ask(line) {
      return (await run(line, undefined, true)).json.data;
    },
    async stored() {
      const { host, port, user, database } = await startEmbedded({ stateDir: household.stateDir });
      const { sql, close } = openDatabase({ host, port, user, database }, { max: 1 });
      const [row] = await sql<Record<string, string>[]>`select
        (select count(*) || ' tweets, each with X''s id' from tweets where x_id is not null) as tweets,
        (select count(*) || ' attempts, each committed before its request: ' || string_agg(distinct outcome::text, ', ') from attempts) as attempts,
        (select count(*) || ' changes of state' from events) as events,
        (select '$' || round(sum(micro_usd) / 1e6, 3) || ' in ' || count(*) || ' entries' from spend) as spend,
        (select sum(length(bytes)) || ' bytes of image, so that any worker can send it' from media_chunks) as media,
        (select left(access_token, 34) || '…' from oauth_tokens) as oauth_tokens`;
      await close();
      return Object.entries(row ?? {}).map(([table, text]) => `${bold(table.padEnd(13))} ${text}`);
    },
    async clear() {
      await household.leave();
      await sandbox.stop();
    },
  };
}
