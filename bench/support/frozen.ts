import type { PublishPoint } from "../../src/publishing/parts.ts";
import { labelOf } from "./places.ts";
import { openStage, type Process, type Stage, until } from "./stage.ts";
import { type Breach, judge } from "./verdict.ts";
import { type Shape, type Written, write } from "./writing.ts";

/** Where a worker stands still (SIGSTOP) while another takes its post over. */
export type Frozen = { readonly shape: Shape; readonly nth: number } & (
  | {
      readonly point: PublishPoint;
      /** X's timeline can't be asked meanwhile, so that only the worker that stands still can know. */
      readonly unreadable?: true;
    }
  /** X has acted on the nth tweet, and its answer waits for the worker to wake up. */
  | { readonly answer: "waits" }
  /** X acts on the request when the other worker has long sent the tweet again, and refuses it as a duplicate. */
  | { readonly answer: "very late" }
);

export const FROZEN: readonly Frozen[] = [
  ...(["claimed", "before_intent", "after_intent", "answered"] as const).map((point) => frozenAt("single", point, 1)),
  { shape: "single", answer: "waits", nth: 1 },
  { shape: "single", answer: "very late", nth: 1 },
  frozenAt("thread", "claimed", 1),
  ...(["before_intent", "after_intent", "answered", "stored"] as const).map((point) => frozenAt("thread", point, 3)),
  frozenAt("thread", "between_tweets", 2),
  { shape: "thread", point: "answered", nth: 3, unreadable: true },
  { shape: "thread", answer: "waits", nth: 3 },
  { shape: "thread", answer: "very late", nth: 3 },
  frozenAt("images", "before_upload", 2),
  frozenAt("images", "uploaded", 2),
  ...(["before_intent", "after_intent", "answered"] as const).map((point) => frozenAt("images", point, 3)),
];

function frozenAt(shape: Shape, point: PublishPoint, nth: number): Frozen {
  return { shape, point, nth };
}

export const describeFrozen = (frozen: Frozen): string =>
  "point" in frozen
    ? `${labelOf(frozen)}${frozen.unreadable === true ? ", timeline unreadable" : ""}`
    : `X's answer comes ${frozen.answer === "waits" ? "meanwhile" : "very late"}`;

const TWEETS = { method: "POST", path: "/2/tweets" } as const;
const RECOVERS_WITHIN_MS = 120_000;

/** Breaches, and what the worker that woke up sent. */
export async function freeze(
  frozen: Frozen,
): Promise<{ breaches: readonly Breach[]; sentAwake: number; recoveryMs: number }> {
  const stage = await openStage();
  try {
    const { world, person } = stage;
    const post = await write(stage.parts, frozen.shape, "Frozen");
    const first = await standStill(stage, frozen, post);
    const since = performance.now();
    const unreadable = "point" in frozen && frozen.unreadable === true;
    if (unreadable) {
      world.addFault({
        match: { method: "GET", path: "/2/users/:id/tweets" },
        times: "always",
        action: { kind: "answer", status: 503 },
      });
    }
    await letGoOfLock(stage, first);
    await stage.startWorker();
    const over = () => isOver(stage, post);
    if (unreadable)
      await until("the other worker looks", () => (world.journal.calls()["GET /2/users/:id/tweets"] ?? 0) > 0);
    else await until("the other worker ends the post", over, RECOVERS_WITHIN_MS);
    if ("answer" in frozen && frozen.answer === "very late") {
      world.configure({ duplicateWindowMs: null });
      world.release();
    }
    const attempts = world.journal.attempts().length;
    first.kill("SIGCONT");
    await until("the post ends", over, RECOVERS_WITHIN_MS);
    const recoveryMs = performance.now() - since;
    // It finds the lock taken and ends; what it was doing it may finish.
    await until("the worker that woke up ends", () => first.exitCode !== null);
    const sentAwake = unreadable ? 0 : world.journal.attempts().length - attempts;
    return { breaches: await judge(person.database.sql, world, [post]), sentAwake, recoveryMs };
  } finally {
    await stage.leave();
  }
}

async function standStill(stage: Stage, frozen: Frozen, post: Written): Promise<Process> {
  if ("point" in frozen) {
    const worker = await stage.startWorker({ signal: "SIGSTOP", places: [frozen] });
    await stage.arm(post);
    await until("the worker stands still", () => standsStill(worker));
    return worker;
  }
  const when = frozen.answer === "very late" ? "before" : "after";
  stage.world.addFault({ match: { ...TWEETS, nth: frozen.nth }, action: { kind: "hold", when } });
  const worker = await stage.startWorker();
  await stage.arm(post);
  await until("X holds the request", () => stage.world.faults.view().some(({ holding }) => holding > 0));
  worker.kill("SIGSTOP");
  await until("the worker stands still", () => standsStill(worker));
  if (when === "after") stage.world.release();
  return worker;
}

function standsStill(worker: Process): boolean {
  const { stdout } = Bun.spawnSync(["ps", "-o", "state=", "-p", String(worker.pid)]);
  return stdout.toString().trim().startsWith("T");
}

/** As a database does that takes a silent client for gone: its other connections stay, and so does what it holds in memory. */
async function letGoOfLock({ person }: Stage, worker: Process): Promise<void> {
  await person.database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity where application_name like ${`psn worker ${worker.pid} %`}`;
}

async function isOver({ person }: Stage, { id }: Written): Promise<boolean> {
  const [row] = await person.database.sql`select from posts where id = ${id} and status in ('published', 'failed')`;
  return row !== undefined;
}
