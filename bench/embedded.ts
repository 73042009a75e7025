/**
 * How long a command waits for the embedded database, in ms, each the median of a few runs in processes of
 * their own: the first start ever, a start of a database that exists, and finding the server running.
 * Run: bun bench/embedded.ts
 */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeEmbedded, startEmbedded, stopEmbedded } from "../src/embedded/server.ts";

export interface Figure {
  readonly what: string;
  readonly ms: number;
  readonly runs: number;
}

export async function benchEmbedded(): Promise<Figure[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "psn-bench-")));
  const states = [1, 2, 3].map((n) => join(folder, String(n), ".psn"));
  const [state = folder] = states;
  try {
    const first: number[] = [];
    for (const fresh of states) {
      first.push(await timeInProcess(fresh));
      await stopEmbedded(fresh);
    }
    const again: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      again.push(await timeInProcess(state));
      await stopEmbedded(state);
    }
    await startEmbedded({ stateDir: state });
    const warm: number[] = [];
    for (let run = 0; run < 15; run += 1) warm.push(await timeInProcess(state));
    return [
      figure("first start: programs, database, server", first),
      figure("start of an existing database", again),
      figure("the server is up", warm),
    ];
  } finally {
    for (const each of states) await removeEmbedded(each);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `startEmbedded` alone, without the start of the process, but in a fresh one: modules are loaded on the way. */
async function timeInProcess(stateDir: string): Promise<number> {
  const child = Bun.spawn([process.execPath, "--no-env-file", import.meta.path, "--once", stateDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ms = Number(await new Response(child.stdout).text());
  if ((await child.exited) !== 0 || Number.isNaN(ms)) throw new Error("the server did not start");
  return ms;
}

function figure(what: string, times: readonly number[]): Figure {
  const sorted = times.toSorted((a, b) => a - b);
  return { what, ms: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, runs: times.length };
}

if (import.meta.main) {
  const [option, stateDir = ""] = Bun.argv.slice(2);
  if (option === "--once") {
    const begin = performance.now();
    await startEmbedded({ stateDir });
    console.log(performance.now() - begin);
    process.exit();
  }
  for (const { what, ms, runs } of await benchEmbedded()) {
    console.log(`${ms.toFixed(ms < 10 ? 2 : 0).padStart(8)} ms  ${what} (median of ${runs})`);
  }
}
