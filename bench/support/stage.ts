import { openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../src/config/load.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import type { Orm } from "../../src/db/connection.ts";
import { runningWorker } from "../../src/db/worker.ts";
import { approve } from "../../src/publishing/approve.ts";
import type { PressParts } from "../../src/publishing/parts.ts";
import type { World } from "../../src/sandbox/world/world.ts";
import type { CrashPlan } from "../../tests/support/crashing-worker.ts";
import { Person } from "../../tests/support/person.ts";
import { pressOf } from "../../tests/support/press.ts";
import { signIn } from "../../tests/support/sign-in.ts";
import type { Written } from "./writing.ts";

const WORKER = fileURLToPath(new URL("../../src/cli/worker.ts", import.meta.url));
const CRASHING_WORKER = fileURLToPath(new URL("../../tests/support/crashing-worker.ts", import.meta.url));
/** Of calls in 15 minutes: no trial meets a limit that it did not set. */
const PLENTY = 100_000;
const SERVES_WITHIN_MS = 60_000;

export type Process = Bun.Subprocess;

/** A signed-in person whose workers are started and ended by hand, with publishing's parts in this process. */
export interface Stage {
  readonly person: Person;
  readonly parts: PressParts;
  readonly world: World;
  /** Signs another account in. Returns its id in the database. */
  account(handle: string): Promise<string>;
  /** A real worker; with a plan, one that ends at a named point. Resolves once it serves the database. */
  startWorker(plan?: CrashPlan): Promise<Process>;
  /** Approves a post for now, as `psn publish` does, and starts nothing. */
  arm(written: Written): Promise<void>;
  leave(): Promise<void>;
}

/** `prepare` comes before psn's first connection. */
export async function openStage(
  env: Readonly<Record<string, string>> = {},
  prepare: (person: Person) => Promise<void> = () => Promise.resolve(),
): Promise<Stage> {
  const person = await Person.arrive({ signedIn: false, env });
  await prepare(person);
  // Read when it is needed: opening the press makes the key.
  const keyed = () => loadConfig({ env: person.env, home: person.home, cwd: person.home });
  const { parts, session } = await pressOf(person);
  const { world } = person.sandbox;
  // X's own check for duplicates would hide ours.
  world.configure({ duplicateWindowMs: 0 });
  world.setLimit({ endpoint: "POST /2/tweets", limit: PLENTY });
  await signIn(keyed(), parts.orm, world);
  const workers: Process[] = [];
  return {
    person,
    parts,
    world,
    account(handle) {
      world.putAccount({ handle });
      return signIn(keyed(), parts.orm, world, handle);
    },
    async startWorker(plan) {
      const worker = spawnWorker(person.env, person.home, plan);
      workers.push(worker);
      await serving(parts.orm, worker);
      return worker;
    },
    arm: (written) => armNow(parts, written),
    async leave() {
      for (const worker of workers) {
        worker.kill("SIGKILL");
        await worker.exited;
      }
      await session.close();
      await person.leave();
    },
  };
}

export function spawnWorker(env: Readonly<Record<string, string>>, home: string, plan?: CrashPlan): Process {
  const log = openSync(join(home, "worker-of-the-trial.log"), "a");
  const [file, ...args] = plan === undefined ? [WORKER, "run"] : [CRASHING_WORKER];
  return Bun.spawn([process.execPath, "--no-env-file", file, ...args], {
    env: plan === undefined ? env : { ...env, PSN_CRASH: JSON.stringify(plan) },
    cwd: home,
    stdio: ["ignore", log, log],
  });
}

async function serving(orm: Orm, worker: Process): Promise<void> {
  const giveUpAt = performance.now() + SERVES_WITHIN_MS;
  while ((await runningWorker(orm))?.pid !== worker.pid) {
    if (worker.exitCode !== null) throw new Error(`the worker ended with ${worker.exitCode}`);
    if (performance.now() > giveUpAt) throw new Error("the worker did not come to serve");
    await Bun.sleep(20);
  }
}

export async function armNow(parts: PressParts, { id, seal }: Written, instant = new Date()): Promise<void> {
  const plan = () =>
    ({ instant, zone: "UTC", wall: instant.toISOString().slice(0, 16), late: "ask", notAfter: null }) as const;
  await approve(parts, parsePostId(id), seal, { event: "publish_asked", plan });
}

/** Waits until something is so, and looks less often the longer that takes; `what` names it in the error. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const began = performance.now();
  while (!(await isSo())) {
    const waited = performance.now() - began;
    if (waited > timeoutMs) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await Bun.sleep(Math.min(20 + waited / 20, 150));
  }
}
