/**
 * What `npm test` runs: one throw-away Postgres with a migrated `psn_template`, then `bun test` with the
 * filters and options given. Tests find the server by PSN_TEST_DATABASE_URL, and may append lines such as
 * "12 requests validated" to the file named by PSN_TEST_NOTES. The last lines name what failed, a line each, and the very
 * last is "N passed, N failed".
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { freshBuild } from "../src/cli/load.ts";
import { openDatabase } from "../src/db/connection.ts";
import { migrate } from "../src/db/migrate.ts";
import { type ScratchServer, scratchServer } from "../src/embedded/scratch.ts";
import { installQueue } from "../src/engine/local/queue.ts";
import { memoryFolder } from "./test/memory.ts";
import { readReport } from "./test/report.ts";

const BUILD = fileURLToPath(new URL("build.ts", import.meta.url));
const TEMPLATE = "psn_template";
/** A test may start processes and servers on a busy machine; this bounds what hangs. */
const TEST_TIMEOUT = 90_000;
/** Test files that run at the same time: many wait for a lease or a due time, and need no processor then. */
const AT_ONCE = 5;

let child: Bun.Subprocess | undefined;
let interrupted: NodeJS.Signals | undefined;

async function main(): Promise<number> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupt(signal));
  const memory = memoryFolder();
  if (memory !== undefined) process.env["TMPDIR"] = memory;
  const folder = mkdtempSync(join(tmpdir(), "psn-tests-"));
  const files = { junit: join(folder, "junit.xml"), notes: join(folder, "notes.txt") };
  try {
    // The command lines start from it, in the tests as everywhere.
    const build = freshBuild() === undefined ? Bun.spawn([process.execPath, BUILD]) : undefined;
    const server = await scratchServer();
    let code: number;
    try {
      await makeTemplate(server);
      await build?.exited;
      code = await runTests(server, files);
    } finally {
      await server.stop();
    }
    const { passed, skipped, failures } = await results(readIfThere(files.junit), code);
    for (const failure of failures) console.log(`FAILED ${failure}`);
    for (const line of sumNotes(readIfThere(files.notes))) console.log(line);
    if (skipped > 0) console.log(`${skipped} skipped; the reason is printed where it was`);
    console.log(`${passed} passed, ${failures.length} failed`);
    return failures.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeTemplate(server: ScratchServer): Promise<void> {
  const admin = postgres(server.url("postgres"), { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database ${TEMPLATE}`);
  await admin.end();
  const address = { url: server.url(TEMPLATE) };
  const database = openDatabase(address, { max: 2 });
  try {
    await migrate(database, () => installQueue(address));
  } finally {
    await database.close();
  }
}

async function runTests(server: ScratchServer, files: { junit: string; notes: string }): Promise<number> {
  const report = ["--reporter=junit", `--reporter-outfile=${files.junit}`];
  child = Bun.spawn(
    [
      process.execPath,
      "--no-env-file",
      "test",
      `--timeout=${TEST_TIMEOUT}`,
      `--parallel=${AT_ONCE}`,
      // A file finds what others of its process have loaded: a fifth of the processor time.
      "--no-isolate",
      // The slowest first. `npm test -- --update-timings` measures anew.
      "--timings=tests/timings.json",
      ...report,
      ...Bun.argv.slice(2),
    ],
    {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...harmlessEnvironment(), PSN_TEST_DATABASE_URL: server.url("postgres"), PSN_TEST_NOTES: files.notes },
    },
  );
  return await child.exited;
}

/** The caller's environment without what would lead a test to a real database, account or engine. */
function harmlessEnvironment(): Record<string, string | undefined> {
  const entries = Object.entries(process.env);
  const leadsAway = (name: string) =>
    name === "DATABASE_URL" || /^(PSN|X|TRIGGER)_(?!TEST_|SIMULATOR$)|^PG[A-Z]/.test(name);
  return Object.fromEntries(entries.filter(([name]) => !leadsAway(name)));
}

/** Before the tests run there is only the server to end, which it does by itself when this process is gone. */
function interrupt(signal: NodeJS.Signals): void {
  if (child === undefined || interrupted !== undefined) process.exit(128 + constants.signals[signal]);
  interrupted = signal;
  child.kill(signal);
}

/** A file that throws while it loads, or whose process ends, is not in the report: that is a failure each. */
async function results(junit: string, code: number) {
  const { passed, skipped, failed, files } = readReport(junit);
  const reported = new Set([...files].map((file) => resolve(file)));
  const failures = failed.map(({ file, name }) => `${file} > ${name}`);
  for (const file of await asked()) {
    if (!reported.has(resolve(file))) failures.push(`${file} did not load, or has no tests`);
  }
  if (failures.length === 0 && (passed + skipped === 0 || code !== 0)) failures.push(`bun test, with code ${code}`);
  return { passed, skipped, failures };
}

/** The test files that were asked for, as `bun test` takes its filters: parts of paths, and whole ones. */
async function asked(): Promise<string[]> {
  const files = await Array.fromAsync(new Bun.Glob("tests/**/*.test.ts").scan());
  const filters = Bun.argv.slice(2).filter((argument) => !argument.startsWith("-"));
  if (filters.length === 0) return files;
  const whole = filters.filter(
    (filter) => isAbsolute(filter) && existsSync(filter) && !filter.startsWith(process.cwd()),
  );
  const parts = filters.map((filter) => (/^\.?\//.test(filter) ? relative("", filter) : filter));
  return [...files.filter((file) => parts.some((part) => file.includes(part))), ...whole];
}

/** Notes that begin with a number and go on alike are added up; others stand as they are, once each. */
function sumNotes(text: string): string[] {
  const sums = new Map<string, number | undefined>();
  for (const line of text.split("\n").filter((note) => note.trim() !== "")) {
    const [, number, rest] = /^(\d+) (.+)$/.exec(line) ?? [];
    if (rest === undefined) sums.set(line, undefined);
    else sums.set(rest, (sums.get(rest) ?? 0) + Number(number));
  }
  return [...sums].map(([rest, sum]) => (sum === undefined ? rest : `${sum} ${rest}`));
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

const code = await main();
process.exit(interrupted === undefined ? code : 128 + constants.signals[interrupted]);
