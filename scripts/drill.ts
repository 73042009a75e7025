/**
 * psn's promises, tried to break on this machine alone: X's sandbox, embedded Postgres, real commands and workers, and
 * one thing that goes wrong with each post. Prints what was thrown at psn and what came out, and a ledger; exits 1 when
 * a promise broke. Leaves nothing behind. `npm run drill`, `npm run drill -- --list`, `npm run drill -- --only cancel,edit`.
 */
import { parseArgs } from "node:util";
import { bold, dim } from "../src/cli/render/style.ts";
import { DRILLS } from "./drill/all.ts";
import type { Drill } from "./drill/drill.ts";
import { ledgerOf, type Result } from "./drill/ledger.ts";
import { startRun } from "./drill/run.ts";
import { header, renderLedger, renderList, row } from "./drill/table.ts";

const { values } = parseArgs({
  options: { only: { type: "string", multiple: true }, list: { type: "boolean" } },
});

/** A drill that hangs is itself a promise broken. */
const GIVES_UP_MS = 5 * 60_000;

process.exit(await main());

async function main(): Promise<number> {
  if (values.list === true) {
    console.log(renderList(DRILLS));
    return 0;
  }
  const names = values.only?.flatMap((given) => given.split(",")) ?? [];
  const unknown = names.filter((name) => !DRILLS.some((drill) => drill.name === name));
  if (unknown.length > 0) {
    console.error(`No such drill: ${unknown.join(", ")}. See: npm run drill -- --list`);
    return 2;
  }
  return await drill(names.length === 0 ? DRILLS : DRILLS.filter(({ name }) => names.includes(name)));
}

async function drill(drills: readonly Drill[]): Promise<number> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const posts = drills.length === 1 ? "a post, and something" : `${drills.length} posts, and something`;
  console.log(bold(`\npsn drill: ${posts} goes wrong with ${drills.length === 1 ? "it" : "each"}`));
  console.log(dim("  X is a sandbox on this machine; commands, databases and workers are real.\n"));
  console.log(header());

  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupted.abort());
  const stop = AbortSignal.any([interrupted.signal, AbortSignal.timeout(GIVES_UP_MS)]);
  const running = new Set(drills.map(({ name }) => name));
  const progress = showProgress(() => `${running.size} to go, ${seconds().toFixed(0)} s`);
  const run = await startRun(drills, stop, (result: Result) => {
    if (stop.aborted) return;
    running.delete(result.name);
    progress.clear();
    console.log(row(result));
  });
  try {
    const { results, bills } = await Promise.race([run.results, aborted(stop)]);
    progress.end();
    const ledger = ledgerOf(results, bills);
    console.log(`\n${renderLedger(ledger, seconds())}\n`);
    return ledger.broken.length === 0 ? 0 : 1;
  } catch (error) {
    progress.end();
    if (!stop.aborted) throw error;
    const why = interrupted.signal.aborted ? "Interrupted" : "Not over in time";
    console.log(`\n${why}: ending its processes, removing its files.`);
    return interrupted.signal.aborted ? 130 : 1;
  } finally {
    await run.clear();
  }
}

function aborted(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (stop.aborted) reject(stop.reason);
    stop.addEventListener("abort", () => reject(stop.reason), { once: true });
  });
}

/** A line that shows that something is happening; only on a terminal. */
function showProgress(line: () => string): { clear(): void; end(): void } {
  if (process.stdout.isTTY !== true) return { clear: () => undefined, end: () => undefined };
  const erase = () => process.stdout.write("\r\x1b[K");
  const timer = setInterval(() => {
    erase();
    process.stdout.write(dim(`  ${line()}`));
  }, 500);
  return {
    clear: erase,
    end: () => {
      clearInterval(timer);
      erase();
    },
  };
}
