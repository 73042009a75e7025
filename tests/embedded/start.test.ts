import { afterAll, describe, expect, test } from "bun:test";
import { appendFileSync, chmodSync, existsSync, lstatSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fullCommandLine } from "../../src/embedded/postmaster.ts";
import { isShortEnough } from "../../src/embedded/socket-folder.ts";
import { asPlainUser, PLAIN_USER_CAN_RUN, startProgram } from "../files/support.ts";
import {
  type Answer,
  packageWithoutLinks,
  parseAnswer,
  plainFolder,
  postmastersOf,
  run,
  STARTER,
  testGround,
} from "./support.ts";

const ground = testGround();
afterAll(() => ground.removeAll());

/** A name that is long, and full of what breaks paths: spaces, quotes, umlauts, an emoji, a comma and a colon. */
const parent = plainFolder(join(ground.folder, `Ärger mit 'Pfaden', groß: 😀 ${"lang ".repeat(12)}`.trim()));
const home = plainFolder(join(ground.folder, "home"));
const state = join(parent, ".psn");
const dataDir = join(state, "postgres", "data");
const start = (...more: string[]) => run(["start", state, ...more], asPlainUser, home);
const query = (text: string) => run(["query", state, text], asPlainUser, home);

/** Ends the server without psn, and waits until it is gone. */
async function shutDown(): Promise<void> {
  for (const pid of postmastersOf(dataDir)) process.kill(pid, "SIGINT");
  while (postmastersOf(dataDir).length > 0) await Bun.sleep(5);
}

describe.skipIf(!PLAIN_USER_CAN_RUN)("the embedded server of a plain user", () => {
  test("is one server when eight commands start it at once, in a folder with a long and odd name", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => query("select current_database() as name")));
    expect(answers.map(({ error }) => error)).toEqual(Array(8).fill(undefined));
    expect(answers.map(({ rows }) => rows)).toEqual(Array(8).fill([{ name: "psn" }]));
    expect(answers.filter(({ startedHere }) => startedHere)).toHaveLength(1);
    expect(answers.filter(({ progress }) => progress.includes("Making the database (once)"))).toHaveLength(1);
    expect(postmastersOf(dataDir)).toHaveLength(1);
  });

  test("keeps its socket in a short folder of the user's home that nobody else may enter", async () => {
    const { host } = await start();
    expect(isShortEnough(join(state, "postgres", "run"))).toBe(false);
    expect(host.startsWith(join(home, ".psn-run/"))).toBe(true);
    for (const folder of [host, join(home, ".psn-run")]) {
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(statSync(folder).uid).toBe(statSync(home).uid);
    }
    expect(lstatSync(join(host, ".s.PGSQL.5432")).mode & 0o777).toBe(0o700);
  });

  test("keeps data, settings and log to the user", () => {
    for (const folder of [state, join(state, "postgres"), dataDir]) expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(state, "postgres.log")).mode & 0o777).toBe(0o600);
  });

  test("syncs what it commits, listens on its socket alone and lets only psn's user in", async () => {
    const names = ["fsync", "synchronous_commit", "full_page_writes", "listen_addresses", "max_connections"];
    const { rows } = await query(
      `select string_agg(name || '=' || setting, ' ' order by name) as settings, system_user as who
       from pg_settings where name in (${names.map((name) => `'${name}'`)})`,
    );
    expect(rows[0]?.["settings"]).toBe(
      "fsync=on full_page_writes=on listen_addresses= max_connections=60 synchronous_commit=on",
    );
    expect(rows[0]?.["who"]).toMatch(/^peer:/);
  });

  test("writes no statement and no row into its log", async () => {
    await query("create table log_test (secret text unique)");
    await query("insert into log_test values ('s3cret')");
    expect((await query("insert into log_test values ('s3cret')")).error?.code).toBe("23505");
    await query("select 's3cret'::int");
    expect(readFileSync(join(state, "postgres.log"), "utf8")).not.toContain("s3cret");
  });

  test.skipIf(process.platform !== "linux")("runs in a session of its own and sees nothing of the environment", () => {
    const [pid = 0] = postmastersOf(dataDir);
    const session = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3];
    expect(Number(session)).toBe(pid);
    const names = readFileSync(`/proc/${pid}/environ`, "utf8")
      .split("\0")
      .map((entry) => entry.split("=")[0]);
    // The server itself adds names that begin with PG.
    expect(names.filter((name) => name !== "" && !name?.startsWith("PG")).sort()).toEqual(["LC_ALL", "PATH", "TZ"]);
  });

  test("is stopped, started again with its data, and found running, with other words each time", async () => {
    await query("create table kept as select 1 as n");
    const before = await start();
    expect(before).toMatchObject({ startedHere: false, progress: [] });
    await shutDown();
    const again = await query("select n from kept");
    expect(again.rows).toEqual([{ n: 1 }]);
    expect(again).toMatchObject({ startedHere: true, progress: expect.arrayContaining(["Starting the database"]) });
    expect(again.pid).not.toBe(before.pid);
  });

  test("puts a large log aside when it starts", async () => {
    const log = join(state, "postgres.log");
    await shutDown();
    appendFileSync(log, "x".repeat(2_000_001));
    expect((await start()).startedHere).toBe(true);
    expect(statSync(`${log}.1`).size).toBeGreaterThan(2_000_000);
    expect(readFileSync(log, "utf8")).toContain("ready to accept connections");
    expect(statSync(log).size).toBeLessThan(10_000);
  });

  test("does not hold the pipe of the command that started it", async () => {
    await shutDown();
    const command = `exec 3>&1; "$0" --no-env-file "$1" start "$2" 2>&1 | cat`;
    const shell = Bun.spawn(["/bin/sh", "-c", command, process.execPath, STARTER, state], {
      ...asPlainUser,
      cwd: "/",
      env: { PATH: process.env["PATH"] ?? "", HOME: home },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const answer: Answer = parseAnswer(await new Response(shell.stdout).text());
    expect(answer.startedHere).toBe(true);
    expect(fullCommandLine(answer.pid)).toContain("postgres");
  });

  test("is started anew when its socket was removed", async () => {
    const before = await start();
    rmSync(before.host, { recursive: true });
    const after = await query("select n from kept");
    expect(after).toMatchObject({ rows: [{ n: 1 }], startedHere: true });
    expect(postmastersOf(dataDir)).toEqual([after.pid]);
  });

  test("does not use a socket in a folder that others may enter", async () => {
    const before = await start();
    chmodSync(before.host, 0o777);
    const after = await start();
    expect(after.startedHere).toBe(true);
    expect(statSync(after.host).mode & 0o777).toBe(0o700);
  });

  test("has its socket under an unguessable name where the user has no home, and clears it away", async () => {
    await shutDown();
    const { host, startedHere } = await run(["start", state], asPlainUser, "/nonexistent");
    expect(startedHere).toBe(true);
    expect(host).toMatch(/\/psn-run-[A-Za-z0-9]{6}$/);
    expect(statSync(host).mode & 0o777).toBe(0o700);
    const stopper = startProgram(STARTER, ["stop", state], asPlainUser);
    expect(await new Response(stopper.stdout).text()).toContain("stopped");
    expect(existsSync(host)).toBe(false);
    expect(postmastersOf(dataDir)).toEqual([]);
  });

  test("makes the links that a blocked install script left out, in place", async () => {
    const folder = plainFolder(join(ground.folder, "blocked"));
    const bare = packageWithoutLinks(join(folder, "native"));
    for (const inside of ["", "lib"]) plainFolder(join(bare, inside));
    expect((await start(bare)).error).toBeUndefined();
    expect(lstatSync(join(bare, "lib", "libpq.so.5"), { throwIfNoEntry: false })?.isSymbolicLink()).toBe(
      process.platform === "linux" ? true : undefined,
    );
    expect(fullCommandLine(postmastersOf(dataDir)[0] ?? 0)).toStartWith(bare);
  });

  test("runs a copy where the links can't be made, and makes a damaged copy anew", async () => {
    const bare = packageWithoutLinks(join(ground.folder, "read-only", "native"));
    chmodSync(join(bare, "lib"), 0o555);
    const restart = async () => {
      await shutDown();
      return await start(bare);
    };
    const first = await restart();
    expect(first.error).toBeUndefined();
    expect(first.progress).toContain("Copying PostgreSQL to where it can run");
    const copy = join(state, "postgres");
    const program = fullCommandLine(first.pid).split(" -D ")[0] ?? "";
    expect(program.startsWith(copy)).toBe(true);
    expect((await restart()).progress).not.toContain("Copying PostgreSQL to where it can run");
    chmodSync(program, 0o777);
    expect((await restart()).progress).toContain("Copying PostgreSQL to where it can run");
    expect(statSync(program).mode & 0o777).toBe(0o755);
  });
});
