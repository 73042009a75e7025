import { faultFor, labelOf, type Place, planFor } from "./places.ts";
import { openStage, type Process, type Stage, until } from "./stage.ts";
import { type Breach, judge } from "./verdict.ts";
import { type Shape, type Written, write } from "./writing.ts";

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

export const describeTrial = ({ shape, place }: Trial): string => `${shape}: ${labelOf(place)}, no. ${place.nth}`;

/**
 * One worker publishes a post for each trial; when every post is at its place the worker is killed, all at once, and
 * another takes over.
 */
export async function crash(trials: readonly Trial[]): Promise<Result[]> {
  const stage = await openStage();
  try {
    const posts: Planned[] = [];
    for (const [n, trial] of trials.entries()) {
      const mark = `Trial${n}End`;
      // Each has an account of its own: a thread that stands at its place lets no other post of its account pass.
      const account = await stage.account(`trial${n}`);
      posts.push({ trial, mark, post: await write(stage.parts, trial.shape, mark, account) });
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
  const places = posts.flatMap(({ trial: { place }, post }) =>
    (planFor(place)?.places ?? []).map((there) => ({ ...there, post: post.id })),
  );
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
async function prepare({ world, person }: Stage, { trial: { place }, mark, post }: Planned): Promise<void> {
  const fault = faultFor(place, mark);
  if (fault !== undefined) world.addFault(fault);
  if ("held" in place && place.held === "token") {
    await person.database.sql`
      update oauth_tokens set expires_at = now() - interval '1 minute'
      where account_id = (select account_id from posts where id = ${post.id})`;
  }
}

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
    if (!open.some(({ id }) => id === post.id)) throw new Error(`not killed there: too slow (${describeTrial(trial)})`);
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
    await Bun.sleep(60);
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
