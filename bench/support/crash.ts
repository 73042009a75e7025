import type { PublishPoint } from "../../src/publishing/parts.ts";
import type { FaultInput } from "../../src/sandbox/world/fault-script.ts";
import type { CrashPlace } from "../../tests/support/crashing-worker.ts";
import { openStage, type Process, type Stage, until } from "./stage.ts";
import { type Breach, judge } from "./verdict.ts";
import { type Shape, type Written, write } from "./writing.ts";

/** The calls of X in whose middle a worker is killed. */
const PATHS = {
  tweets: "/2/tweets",
  upload: "/2/media/upload",
  alt: "/2/media/metadata",
  token: "/2/oauth2/token",
} as const;

/** Where a worker is killed. */
export type Place =
  /** At the nth passing of a point of publishing; `before_wait`: X refused the nth tweet with a 429, and the wait is not written. */
  | { readonly point: PublishPoint; readonly nth: number }
  /**
   * While X holds the nth call of this kind: after it acted, or before. What X has not acted on at the kill it
   * drops (`never`), or does all the same (`late`), as when the request was on its way.
   */
  | { readonly held: keyof typeof PATHS; readonly nth: number; readonly acts: "before" | "late" | "never" };

export interface Trial {
  readonly shape: Shape;
  readonly place: Place;
}

export interface Result {
  readonly trial: Trial;
  /** From the kill to another process's claim, in milliseconds; NaN when the post needed none. */
  readonly takeoverMs: number;
  /** From the kill to the end of the post, in milliseconds. */
  readonly recoveryMs: number;
  readonly breaches: readonly Breach[];
}

const RECOVERS_WITHIN_MS = 120_000;

/** "while X holds tweet 4, and then takes it". */
export function describePlace(place: Place): string {
  if ("point" in place) return `${place.point.replace("_", " ")} ${place.nth}`;
  const story = { before: "X acted, no answer", late: "X acts after the kill", never: "X never acts" }[place.acts];
  return `in ${place.held} call ${place.nth}: ${story}`;
}

/**
 * One worker publishes a post for each trial; when every post is at its place the worker is killed, all at once, and
 * another takes over.
 */
export async function crash(trials: readonly Trial[]): Promise<Result[]> {
  const stage = await openStage();
  try {
    const posts: Planned[] = [];
    for (const [n, trial] of trials.entries()) {
      const mark = `Trial${n}`;
      posts.push({ trial, mark, post: await write(stage.parts, trial.shape, mark) });
    }
    await killThere(stage, posts);
    return await recover(stage, posts);
  } finally {
    await stage.leave();
  }
}

interface Planned {
  readonly trial: Trial;
  readonly mark: string;
  readonly post: Written;
}

async function killThere(stage: Stage, posts: readonly Planned[]): Promise<void> {
  for (const planned of posts) await prepare(stage, planned);
  const places = posts.flatMap(({ trial: { place }, post }): CrashPlace[] => {
    if ("held" in place) return [];
    return [{ point: place.point, nth: place.point === "before_wait" ? 1 : place.nth, post: post.id }];
  });
  const worker = await stage.startWorker(places.length === 0 ? undefined : { signal: "SIGKILL", places });
  // The time of a held request runs, so its post comes to its place last of those that X is asked about, and first of all.
  const held = posts.filter(({ trial }) => "held" in trial.place);
  for (const { post } of held) await stage.arm(post);
  const holding = () => stage.world.faults.view().reduce((sum, fault) => sum + fault.holding, 0);
  await until("X holds the requests", () => holding() === held.length);
  for (const { trial, post } of posts) if ("point" in trial.place) await stage.arm(post);
  if (places.length === 0) worker.kill("SIGKILL");
  await killed(worker);
  await checkPlaces(stage, posts);
  letActLate(stage, held);
}

/** X's faults and the sign-in, as the place needs them. */
async function prepare({ world, person }: Stage, { trial: { place }, mark }: Planned): Promise<void> {
  if ("held" in place) {
    const match = { method: "POST", path: PATHS[place.held], nth: place.nth };
    world.addFault({
      match: place.held === "token" ? match : { ...match, bodyIncludes: mark },
      action: { kind: "hold", when: place.acts === "before" ? "after" : "before" },
    });
    if (place.held === "token")
      await person.database.sql`update oauth_tokens set expires_at = now() - interval '1 minute'`;
  } else if (place.point === "before_wait") world.addFault(rateLimited(mark, place.nth));
}

const rateLimited = (mark: string, nth: number): FaultInput => ({
  match: { method: "POST", path: PATHS.tweets, bodyIncludes: mark, nth },
  action: {
    kind: "answer",
    status: 429,
    body: { title: "Too Many Requests", detail: "Too Many Requests", type: "about:blank", status: 429 },
  },
});

/** The request had left the machine when the worker died. */
function letActLate({ world }: Stage, held: readonly Planned[]): void {
  for (const [index, fault] of world.faults
    .view()
    .filter(({ kind }) => kind === "hold")
    .entries()) {
    const place = held[index]?.trial.place;
    if (place !== undefined && "held" in place && place.acts === "late") world.release(fault.id);
  }
}

/** A machine that is too slow lets a held request run out of its time: then the worker was killed somewhere else. */
async function checkPlaces({ person }: Stage, posts: readonly Planned[]): Promise<void> {
  const open = await person.database.sql<{ id: string }[]>`
    select post_id as id from attempts where kind = 'tweet' and outcome = 'open'`;
  for (const { trial, post } of posts) {
    if (!("held" in trial.place) || trial.place.held !== "tweets") continue;
    if (!open.some(({ id }) => id === post.id)) throw new Error(`not killed ${describePlace(trial.place)}: too slow`);
  }
}

export async function killed(worker: Process): Promise<void> {
  await until("the worker is killed", () => worker.exitCode !== null || worker.signalCode !== null);
  if (worker.signalCode !== "SIGKILL") throw new Error(`the worker ended by itself: ${worker.exitCode}`);
}

/** Starts another worker, waits until every post has come to an end, and judges. */
async function recover(stage: Stage, posts: readonly Planned[]): Promise<Result[]> {
  const { sql } = stage.person.database;
  const since = performance.now();
  const before = await tokens(stage);
  await stage.startWorker();
  const takeovers = new Map<string, number>();
  const recoveries = new Map<string, number>();
  while (recoveries.size < posts.length && performance.now() - since < RECOVERS_WITHIN_MS) {
    for (const [id, { token, over }] of await tokens(stage)) {
      const passed = performance.now() - since;
      if (!takeovers.has(id) && token !== null && token !== before.get(id)?.token) takeovers.set(id, passed);
      if (over && !recoveries.has(id)) recoveries.set(id, passed);
    }
    await Bun.sleep(25);
  }
  const breaches = await judge(
    sql,
    stage.world,
    posts.map(({ post }) => post),
  );
  return posts.map(({ trial, post: { id } }) => ({
    trial,
    takeoverMs: takeovers.get(id) ?? Number.NaN,
    recoveryMs: recoveries.get(id) ?? Number.NaN,
    breaches: breaches.filter((breach) => breach.post === id),
  }));
}

async function tokens({ person }: Stage): Promise<Map<string, { token: string | null; over: boolean }>> {
  const rows = await person.database.sql<{ id: string; token: string | null; over: boolean }[]>`
    select id, lease_token as token, status in ('published', 'failed') as over from posts`;
  return new Map(rows.map(({ id, token, over }) => [id, { token, over }]));
}
