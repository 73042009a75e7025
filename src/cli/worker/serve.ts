import { hostname } from "node:os";
import { readEnvironment } from "../../config/environment.ts";
import { type Config, loadConfig } from "../../config/load.ts";
import { PsnError } from "../../core/errors.ts";
import type { AlarmPayload } from "../../core/post/alarm.ts";
import { openDatabase } from "../../db/connection.ts";
import { databaseCode, isConnectionLost } from "../../db/failures.ts";
import { findAstray } from "../../db/reconcile.ts";
import { otherSessions, workerName } from "../../db/worker.ts";
import { stopEmbedded } from "../../embedded/server.ts";
import { JobPool } from "../../engine/local/pool.ts";
import { startRinging } from "../../engine/local/ringer.ts";
import { ARMING_LOCK } from "../../publishing/arming.ts";
import type { PressParts } from "../../publishing/parts.ts";
import { reconcile } from "../../publishing/reconcile.ts";
import { publishPost } from "../../publishing/run/publish.ts";
import { allSettled } from "../../vault/refresh.ts";
import { pressHere } from "../support/press.ts";
import { openDatabaseSession, type Session } from "../support/session.ts";
import { Care } from "./care.ts";
import { giveTurn, isAwaited, tryTurn, waitForTurn } from "./service/handover.ts";
import { wasStoppedSince } from "./stops.ts";

/** Posts that are being published, or wait for their instant, at the same time. */
const AT_ONCE = 200;
const CONNECTIONS = 10;
const SWEEP_MS = 1_000;
const DRAIN_MS = 15_000;
/** X has not answered a renewal for so long: whoever stops a service does not wait for ever either. */
const LATE_MS = 60_000;
/** A database that is gone for longer than this is not coming back by itself. */
const GIVE_UP_MS = 60_000;
const AGAIN_MS = 500;
/** A worker that stays looks for a database that stays away, too, and less often. */
const AGAIN_LATER_MS = 10_000;

type Ended = "stopped" | "idle" | "second" | "relieved";

interface WorkerOptions {
  /** Ends only when it is told to, as a service does: another worker is waited for and relieved. @default false */
  readonly stay?: boolean;
  /** How many stops there had been when it was asked for: it ends when there are more. */
  readonly stops?: number;
}

/**
 * Serves one database until it is told to stop or there is nothing to do; outlives a database that restarts.
 * `at` is called at the named points of publishing, for whoever tries what happens there.
 */
export async function runWorker(
  at: PressParts["at"] = () => undefined,
  { stay = false, stops }: WorkerOptions = {},
): Promise<Ended> {
  const stop = new AbortController();
  // The last one is a terminal that is closed.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  const surroundings = readEnvironment();
  let goneSince: number | undefined;
  for (;;) {
    const config = loadConfig(surroundings);
    const unwanted = () => stops !== undefined && wasStoppedSince(config.stateDir, stops);
    // A database that was stopped is not started again for it.
    if (unwanted()) return "stopped";
    try {
      const ended = await serve({ config, stop: stop.signal, at, stay, unwanted }, () => {
        goneSince = undefined;
      });
      if (ended !== "lost") return ended;
      log("the database went away");
    } catch (error) {
      // What a person has to mend is not waited for.
      if (error instanceof PsnError ? !error.retryable : !isConnectionLost(error)) throw error;
      log(`the database does not answer: ${describe(error)}`);
    }
    goneSince ??= performance.now();
    const forLong = performance.now() - goneSince > GIVE_UP_MS;
    if (forLong && !stay) throw databaseGone();
    await pause(forLong ? AGAIN_LATER_MS : AGAIN_MS, stop.signal);
    if (stop.signal.aborted) return "stopped";
  }
}

interface Serving {
  readonly config: Config;
  readonly stop: AbortSignal;
  readonly at: PressParts["at"];
  readonly stay: boolean;
  /** Whether it was stopped while it came up. */
  readonly unwanted: () => boolean;
}

async function serve({ config, stop, at, stay, unwanted }: Serving, serving: () => void): Promise<Ended | "lost"> {
  const session = await openDatabaseSession(
    { ...config, engine: "local" },
    { max: CONNECTIONS, applicationName: "psn worker pool" },
  );
  const lost = new AbortController();
  const guard = openDatabase(session.address, {
    max: 1,
    applicationName: workerName(process.pid, hostname()),
    onClose: () => lost.abort(),
  });
  const pool = new JobPool(AT_ONCE);
  /** Renewals of sign-ins that X has not answered in time. */
  const open = new Set<Promise<void>>();
  try {
    if (!(await tryTurn(guard.sql))) {
      if (!stay) return "second";
      log(`worker ${process.pid} waits for its turn`);
      serving();
      if (!(await waitForTurn(guard.sql, AbortSignal.any([stop, lost.signal]))))
        return lost.signal.aborted ? "lost" : "stopped";
    }
    if (unwanted()) return "stopped";
    log(`worker ${process.pid} serves`);
    const press = pressOf(config, session, at, open);
    const ringer = await startRinging(
      session.address,
      (alarm) => pool.add(() => ring(press, alarm)),
      (error) => log(`queue: ${describe(error)}`),
    );
    serving();
    const care = new Care(
      session.database.orm,
      `worker ${process.pid} on ${hostname()}`,
      {
        log,
        fail: (what, error) => log(`${what}: ${describe(error)}`),
      },
      open,
    );
    try {
      return await sweep({ config, session, pool, guard: guard.sql, stop, lost: lost.signal, stay, care });
    } finally {
      await settled(ringer.stop());
      await settled(care.end());
    }
  } finally {
    // What is on its way to X is waited for; what has not begun is somebody else's.
    await pool.drain(lost.signal.aborted ? 0 : DRAIN_MS);
    // Their answers are stored through this session. Without its database it is kept for them.
    if (!lost.signal.aborted) await Promise.race([allSettled(open), Bun.sleep(LATE_MS)]);
    const last =
      ((stay && stop.aborted) || unwanted()) && !lost.signal.aborted && pool.busy === 0 && (await isAlone(session));
    await settled(guard.close());
    if (pool.busy === 0 && open.size === 0) await settled(session.close());
    if (last) await settled(stopEmbedded(config.stateDir, session.serverPid));
  }
}

/**
 * Whether the embedded server serves nobody else: a worker that stays and is told to stop, or one that is stopped while
 * it comes up, takes it along.
 */
async function isAlone(session: Session): Promise<boolean> {
  if (!session.embedded) return false;
  try {
    return (await otherSessions(session.database.orm)) === 0;
  } catch (error) {
    if (isConnectionLost(error)) return false;
    throw error;
  }
}

/** The settings may change while the worker runs: each post is published with those of its moment. */
function pressOf(
  first: Config,
  session: Session,
  at: PressParts["at"],
  open: Set<Promise<void>>,
): () => Promise<PressParts> {
  const surroundings = readEnvironment();
  let known: { text: string; parts: Promise<PressParts> } | undefined;
  return () => {
    const config = loadConfig(surroundings);
    const text = JSON.stringify({
      ...config.x,
      key: config.encryptionKey?.reveal(),
      secret: config.x.clientSecret?.reveal(),
    });
    if (known?.text !== text) known = { text, parts: pressHere({ ...first, ...config }, session.desk, { at, open }) };
    known.parts.catch(() => {
      known = undefined;
    });
    return known.parts;
  };
}

async function ring(press: () => Promise<PressParts>, alarm: AlarmPayload): Promise<void> {
  try {
    const outcome = await publishPost(await press(), alarm);
    log(`${alarm.postId} (revision ${alarm.revision}, alarm ${alarm.alarm}): ${outcome.kind}`);
  } catch (error) {
    // Its lease runs out, and the sweep hands it on.
    log(`${alarm.postId}: ${describe(error)}`);
  }
}

interface Sweep {
  readonly config: Config;
  readonly session: Session;
  readonly pool: JobPool;
  readonly guard: ReturnType<typeof openDatabase>["sql"];
  readonly stop: AbortSignal;
  readonly lost: AbortSignal;
  readonly stay: boolean;
  readonly care: Care;
}

async function sweep(parts: Sweep): Promise<Ended | "lost"> {
  const { config, session, pool, guard, stop, lost, stay, care } = parts;
  let idleSince = performance.now();
  for (;;) {
    if (stop.aborted) return "stopped";
    if (lost.aborted) return "lost";
    try {
      const { onTheirWay } = await reconcile(session.desk);
      if (onTheirWay > 0 || pool.busy > 0) idleSince = performance.now();
      await care.tick();
      if (!stay && (await isAwaited(guard))) {
        await giveTurn(guard);
        return "relieved";
      }
      if (!stay && performance.now() - idleSince >= config.idleMs && (await retire(parts))) return "idle";
    } catch (error) {
      if (!isConnectionLost(error)) log(`sweep: ${describe(error)}`);
    }
    await Bun.sleep(SWEEP_MS);
  }
}

/**
 * Ends the worker, and the embedded server with it, unless something was armed or somebody is connected.
 * Decided while the lock is held that arming takes too: a command that arms comes either before, and is seen,
 * or after, and finds no worker.
 */
async function retire({ config, session, guard }: Sweep): Promise<boolean> {
  await guard`select pg_advisory_lock(${ARMING_LOCK})`;
  const { onTheirWay } = await findAstray(session.database.orm, new Date(), "local");
  const others = session.embedded ? await otherSessions(session.database.orm) : 0;
  if (onTheirWay > 0 || others > 0) {
    await guard`select pg_advisory_unlock(${ARMING_LOCK})`;
    return false;
  }
  await giveTurn(guard);
  if (session.embedded) await stopEmbedded(config.stateDir, session.serverPid);
  return true;
}

/** Waits, at most until the signal comes. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  for (const until = performance.now() + ms; performance.now() < until && !signal.aborted; ) await Bun.sleep(AGAIN_MS);
}

async function settled(work: Promise<unknown>): Promise<void> {
  await Promise.allSettled([work]);
}

/** One line in the worker's log: ids and states, never texts or tokens. */
function log(line: string): void {
  console.error(`${new Date().toISOString()} ${line}`);
}

function describe(error: unknown): string {
  if (error instanceof PsnError) return `${error.code}: ${error.message}`;
  const code = databaseCode(error);
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  return code === undefined ? kind : `${kind} ${code}`;
}

const databaseGone = () =>
  new PsnError("database_unreachable", "The database stayed away; the worker ends.", { next: "psn setup status" });
