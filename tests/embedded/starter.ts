/**
 * A process of the embedded server's tests. Prints each progress message as "… message", and its answer as
 * one line of JSON: `{startedHere, host, pid, rows}`, or `{error: {code, message, next}}`.
 *
 *   start STATE [PACKAGE]   starts or finds the server
 *   query STATE SQL         the same, then runs SQL
 *   stop STATE              stops the server, and answers with what is there
 *   connect HOST SQL        runs SQL on the socket in HOST, and starts nothing
 */
import postgres from "postgres";
import { PsnError } from "../../src/core/errors.ts";
import { embeddedStatus, startEmbedded, stopEmbedded } from "../../src/embedded/server.ts";

const [command = "", place = "", argument] = Bun.argv.slice(2);

async function query(host: string, text: string): Promise<unknown[]> {
  const sql = postgres({ host, port: 5432, user: "psn", database: "psn", max: 1, onnotice: () => undefined });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function start(packageDir: string | undefined) {
  return await startEmbedded({
    stateDir: place,
    onProgress: (message) => console.log(`… ${message}`),
    ...(packageDir === undefined ? {} : { packageDir }),
  });
}

async function answer(): Promise<object> {
  if (command === "connect") return { rows: await query(place, argument ?? "") };
  if (command === "stop") {
    await stopEmbedded(place);
    return embeddedStatus(place);
  }
  const { host, startedHere } = await start(command === "start" ? argument : undefined);
  const status = embeddedStatus(place);
  const pid = "pid" in status ? status.pid : undefined;
  return { host, startedHere, pid, rows: command === "query" ? await query(host, argument ?? "") : [] };
}

try {
  console.log(JSON.stringify(await answer()));
} catch (error) {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const next = error instanceof PsnError ? error.next : undefined;
  console.log(JSON.stringify({ error: { code, next, message: String(error) } }));
}
process.exit();
