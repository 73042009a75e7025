import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:net";
import postgres from "postgres";
import type { Line } from "../support/line.ts";
import { Person } from "../support/person.ts";
import type { Failure } from "../support/printed/failure.ts";
import type { RanOf } from "../support/run-psn.ts";
import { apart, ask, atOnce, outcomeOf, say } from "./outside.ts";

const PASSWORD = "planted-password-7Q";

let person: Person;
let refusing: Server;
beforeAll(async () => {
  person = await Person.arrive({ signedIn: false, manyInOne: true });
  refusing = await passwordRefused();
});
afterAll(async () => {
  refusing.close();
  await person.leave();
});

/** A server that asks for a password and takes none, as Postgres says it. */
async function passwordRefused(): Promise<Server> {
  const message = (type: string, ...parts: Uint8Array[]) => {
    const body = Buffer.concat(parts);
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, body]);
  };
  const refusal = message(
    "E",
    Buffer.from('SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "me"\0\0'),
  );
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    // 3: in clear text, please.
    socket.once("data", () => {
      socket.write(message("R", Buffer.from([0, 0, 0, 3])));
      socket.once("data", () => socket.end(refusal));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
};

/** What every command says of a database, with the password of its URL in none of it. */
async function saidOf(databaseUrl: string): Promise<Failure> {
  const said = async <const L extends Line>(line: L): Promise<RanOf<L>> => {
    const ran = await ask(person, line, { env: { DATABASE_URL: databaseUrl }, stdin: "Hello." });
    expect(`${ran.stdout}${ran.stderr}`).not.toContain("planted");
    return ran;
  };
  const { error } = (await said("show p00000000")).json;
  const { code, message } = error;
  const refused = await atOnce(["draft --stdin", "setup x-auth start", "setup database"], said);
  for (const { json } of refused) expect(json.error).toMatchObject({ code, message });
  const [status, setup, worker] = await Promise.all([
    said("status"),
    said("setup status"),
    said("worker status"),
    said("worker stop"),
  ]);
  expect([status.exit, setup.exit, worker.exit]).toEqual([0, 0, 0]);
  expect(status.json.data).toMatchObject({ ready: false, attention: [{ code }] });
  expect(setup.json.data.steps).toContainEqual(
    expect.objectContaining({ step: "database", state: "broken", detail: message }),
  );
  expect(person.unexpected()).not.toContain("planted");
  return error;
}

test("a database that nobody serves", async () => {
  const error = await saidOf(`postgres://me:${PASSWORD}@127.0.0.1:1/psn`);
  expect(error).toMatchObject({
    code: "database_unreachable",
    message: "The database does not answer (ECONNREFUSED).",
    retryable: true,
  });
});

test("a database that refuses the password", async () => {
  const error = await saidOf(`postgres://me:${PASSWORD}@127.0.0.1:${portOf(refusing)}/psn`);
  expect(error).toMatchObject({
    code: "database_unreachable",
    message: "The database refuses the user or the password of DATABASE_URL.",
  });
  // The command that just failed in this way can't mend it.
  expect(error.next).not.toBe("psn setup database");
});

test("a database that does not exist, and a URL that can't be read", async () => {
  const other = new URL(person.env["DATABASE_URL"] ?? "");
  other.pathname = "/nowhere";
  expect(await saidOf(other.href)).toMatchObject({ message: "The database named in DATABASE_URL does not exist." });
  const broken = await ask(person, "show p00000000", {
    env: { DATABASE_URL: `postgres://me:%ZZ${PASSWORD}@127.0.0.1:1/psn` },
  });
  expect(broken.exit).toBe(3);
  expect(broken.stdout).not.toContain("planted");
});

test("a database without psn's tables says which command makes them, and that command does, also twice at once", async () => {
  const name = `t_${randomUUID().replaceAll("-", "")}`;
  await person.database.sql.unsafe(`create database ${name}`);
  const url = new URL(person.env["DATABASE_URL"] ?? "");
  url.pathname = `/${name}`;
  const env = { DATABASE_URL: url.href };
  try {
    const before = await ask(person, "draft --stdin", { env, stdin: "Hello." });
    expect(before).toMatchObject({
      exit: 3,
      json: { error: { code: "database_not_migrated", next: "psn setup database" } },
    });
    expect((await ask(person, "setup status", { env })).json.data.next).toBe("psn setup database");

    const made = await atOnce(["setup database", "setup database"], (line) => ask(apart(person), line, { env }));
    expect(made.map(({ exit }) => exit)).toEqual([0, 0]);
    expect(made[0]?.json.data).toMatchObject({ kind: "url", schema: "current" });
    expect((await say(person, "setup database", { env })).stdout).toContain("nothing to do");
    expect(await outcomeOf(person, "draft --stdin", { env, stdin: "Hello." })).toBe("0");
  } finally {
    await person.database.sql.unsafe(`drop database ${name} with (force)`);
  }
});

test("a database that a newer psn has made is left alone", async () => {
  const sql = postgres(person.env["DATABASE_URL"] ?? "", { max: 1 });
  try {
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', ${Date.now() + 1e10})`;
    const lines = ["draft --stdin", "show p00000000", "setup database", "setup x-auth start", "worker stop"];
    const outcomes = await atOnce(lines, (line) => outcomeOf(person, line, { stdin: "Hello." }));
    expect(outcomes).toEqual(lines.map(() => "3 database_newer"));
    expect(await outcomeOf(person, "status")).toBe("0");
    expect(await sql`select 1 from posts`).toHaveLength(0);
  } finally {
    await sql`delete from drizzle.__drizzle_migrations where hash = 'later'`;
    await sql.end();
  }
});

test("a database that goes away in the middle of a command is told so, and nothing is half done", async () => {
  const { sql } = person.database;
  const before = await sql`select count(*) from posts`;
  await sql.begin(async (tx) => {
    await tx`lock table tweets in access exclusive mode`;
    const drafting = ask(apart(person), "draft --stdin", { stdin: "Half done?" });
    const stuck = () => sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'psn' and wait_event_type = 'Lock'`;
    while ((await stuck()).length === 0) await Bun.sleep(20);
    expect(await drafting).toMatchObject({
      exit: 3,
      json: { error: { code: "database_unreachable", retryable: true } },
    });
  });
  expect(await sql`select count(*) from posts`).toEqual(before);
  expect(person.unexpected()).toBe("");
});
