import { afterAll, describe, expect, test } from "bun:test";
import { chownSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { isServerAway } from "../../src/embedded/errors.ts";
import { fullCommandLine, isAlive } from "../../src/embedded/postmaster.ts";
import { embeddedStatus, startEmbedded, stopEmbedded } from "../../src/embedded/server.ts";
import { asPlainUser, PLAIN_USER_CAN_RUN } from "../files/support.ts";
import { killAt, plainFolder, postmastersOf, run, testGround } from "./support.ts";

const ground = testGround();
afterAll(() => ground.removeAll());

const state = join(plainFolder(join(ground.folder, "crash")), ".psn");
const dataDir = join(state, "postgres", "data");
const query = (text: string) => run(["query", state, text], asPlainUser);

async function killServer(): Promise<void> {
  const pids = postmastersOf(dataDir);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  while (postmastersOf(dataDir).length > 0) await Bun.sleep(5);
}

describe.skipIf(!PLAIN_USER_CAN_RUN)("the embedded server, whatever is killed", () => {
  test("is made whole by the next command when the first was killed while making the database", async () => {
    await killAt("Making the database", ["start", state], asPlainUser);
    expect(existsSync(dataDir)).toBe(false);
    const next = await query("select count(*)::int as n from pg_database where datname = 'psn'");
    expect(next).toMatchObject({ startedHere: true, rows: [{ n: 1 }] });
    expect(readdirSync(join(state, "postgres")).filter((name) => name.startsWith("data.new"))).toEqual([]);
  });

  test("is one server when the command that started it was killed before it was ready", async () => {
    await killServer();
    await killAt("Starting the database", ["start", state], asPlainUser);
    const answers = await Promise.all([query("select 1 as n"), query("select 1 as n")]);
    expect(answers.map(({ rows }) => rows)).toEqual([[{ n: 1 }], [{ n: 1 }]]);
    expect(postmastersOf(dataDir)).toHaveLength(1);
  });

  test("loses nothing that was committed when it is killed", async () => {
    await query("create table kept as select generate_series(1, 500) as n");
    await killServer();
    const after = await query("select count(*)::int as n from kept");
    expect(after).toMatchObject({ startedHere: true, rows: [{ n: 500 }] });
  });

  test("starts at once after a kill that many commands meet together", async () => {
    await killServer();
    const answers = await Promise.all(Array.from({ length: 4 }, () => query("select count(*)::int as n from kept")));
    expect(answers.map(({ rows }) => rows)).toEqual(Array(4).fill([{ n: 500 }]));
    expect(postmastersOf(dataDir)).toHaveLength(1);
  });

  test("starts when another program has got the pid of the server that was killed", async () => {
    const other = Bun.spawn(["sleep", "60"], { ...asPlainUser, stdio: ["ignore", "ignore", "ignore"] });
    try {
      const pidFile = join(dataDir, "postmaster.pid");
      const lines = readFileSync(pidFile, "utf8").split("\n");
      await killServer();
      writeFileSync(pidFile, [other.pid, ...lines.slice(1)].join("\n"));
      const after = await query("select count(*)::int as n from kept");
      expect(after).toMatchObject({ startedHere: true, rows: [{ n: 500 }] });
      expect(isAlive(other.pid)).toBe(true);
    } finally {
      other.kill();
    }
  });

  test("serves the data from where the state folder was moved while it ran", async () => {
    const moved = `${state}-moved`;
    const before = await query("select 1");
    renameSync(state, moved);
    const after = await run(["query", moved, "select count(*)::int as n from kept"], asPlainUser);
    expect(after).toMatchObject({ startedHere: true, rows: [{ n: 500 }] });
    expect(fullCommandLine(before.pid)).not.toContain("postgres");
    process.kill(after.pid, "SIGKILL");
    renameSync(moved, state);
  });

  test("serves a copy of the state folder beside the original", async () => {
    const copy = join(plainFolder(join(ground.folder, "copy")), ".psn");
    const { pid } = await query("checkpoint");
    cpSync(state, copy, { recursive: true, filter: (path) => !path.includes("/run/") });
    for (const path of ["", ...readdirSync(copy, { recursive: true })]) {
      chownSync(join(copy, String(path)), asPlainUser.uid ?? -1, asPlainUser.gid ?? -1);
    }
    const inCopy = await run(["query", copy, "select count(*)::int as n from kept"], asPlainUser);
    expect(inCopy).toMatchObject({ startedHere: true, rows: [{ n: 500 }] });
    expect(inCopy.pid).not.toBe(pid);
    expect(postmastersOf(dataDir)).toEqual([pid]);
  });
});

describe("a command that meets a stopping server", () => {
  const own = join(ground.folder, "own");

  const ask = async () => {
    const { host, port, user, database } = await startEmbedded({ stateDir: own });
    const sql = postgres({ host, port, user, database, max: 1, onnotice: () => undefined });
    try {
      return [...(await sql`select 1 as n`)];
    } finally {
      await sql.end({ timeout: 1 });
    }
  };

  test("is served by calling again once, whatever moment it hits", async () => {
    await ask();
    const outcomes: unknown[] = [];
    for (let round = 0; round < 4; round += 1) {
      const stopping = stopEmbedded(own);
      await Bun.sleep(round * 8);
      outcomes.push(
        await ask().catch(async (error: unknown) => {
          if (!isServerAway(error)) throw error;
          return await ask();
        }),
      );
      await stopping;
    }
    expect(outcomes).toEqual(Array(4).fill([{ n: 1 }]));
  }, 30_000);

  test("gets an error that is recognised when the server goes under a running statement", async () => {
    const { host, port, user, database } = await startEmbedded({ stateDir: own });
    const sql = postgres({ host, port, user, database, max: 1, onnotice: () => undefined });
    await sql`select 1`;
    const running = sql`select pg_sleep(30)`.catch((error: unknown) => error);
    await stopEmbedded(own);
    expect(isServerAway(await running)).toBe(true);
    const later = await sql`select 1`.catch((error: unknown) => error);
    expect(isServerAway(later)).toBe(true);
    expect(embeddedStatus(own)).toMatchObject({ state: "stopped", version: "18" });
    await sql.end({ timeout: 0 });
  });

  test("does not take a missing file or a refused statement for a missing server", () => {
    const missingFile = Object.assign(new Error("no such file"), { code: "ENOENT", syscall: "open" });
    const refused = Object.assign(new Error("duplicate key"), { code: "23505" });
    expect([missingFile, refused, new Error("other"), undefined].map(isServerAway)).toEqual(Array(4).fill(false));
    expect(isServerAway(new Error("Failed query", { cause: Object.assign(new Error(), { code: "57P01" }) }))).toBe(
      true,
    );
  });
});
