import { afterAll, describe, expect, test } from "bun:test";
import { killed } from "../../bench/support/crash.ts";
import { openStage, type Stage, until } from "../../bench/support/stage.ts";
import type { Written } from "../../bench/support/writing.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import type { PublishPoint } from "../../src/publishing/parts.ts";
import { undoPost } from "../../src/publishing/undo.ts";
import { stored } from "./scene.ts";
import { DELETES, expectUndone, published } from "./undo-support.ts";

type Place =
  /** At the nth passing of a point of undoing a thread of seven. */
  | { readonly point: PublishPoint; readonly nth: number }
  /** While X holds the nth delete: it has acted, acts after the kill, or never acts. */
  | { readonly held: number; readonly acts: "before" | "late" | "never" };

const PLACES: readonly Place[] = [
  { point: "claimed", nth: 1 },
  { point: "before_intent", nth: 3 },
  { point: "after_intent", nth: 4 },
  { point: "answered", nth: 2 },
  { point: "answered", nth: 7 },
  { point: "stored", nth: 3 },
  { point: "between_tweets", nth: 7 },
  { point: "before_wait", nth: 1 },
  { held: 3, acts: "before" },
  { held: 3, acts: "late" },
  { held: 7, acts: "never" },
];
const LENGTH = 7;

const described = (place: Place) =>
  "point" in place
    ? `${place.point.replace("_", " ")} ${place.nth}`
    : `while X holds delete ${place.held}, and acts ${place.acts === "before" ? "before that" : place.acts}`;

interface Trial {
  readonly place: Place;
  readonly post: Written;
}

/** One worker undoes a thread for each place, is killed when all are there, and another one takes over. */
async function killThere(stage: Stage): Promise<Trial[]> {
  const { world } = stage;
  world.setLimit({ endpoint: DELETES, limit: 10_000 });
  const trials: Trial[] = [];
  for (const [n, place] of PLACES.entries())
    trials.push({ place, post: await published(stage, "thread", `Trial${n}`) });
  const faults: number[] = [];
  for (const trial of trials) faults.push(...(await prepare(stage, trial)));
  const places = trials.flatMap(({ place, post }) => ("point" in place ? [{ ...place, post: post.id }] : []));
  const worker = await stage.startWorker({ signal: "SIGKILL", places });

  const arm = ({ post }: Trial) => undoPost(stage.parts, parsePostId(post.id), post.seal);
  for (const trial of trials) if ("held" in trial.place) await arm(trial);
  const holding = () => world.faults.view().reduce((sum, fault) => sum + fault.holding, 0);
  await until("X holds the deletes", () => holding() === faults.length);
  for (const trial of trials) if ("point" in trial.place) await arm(trial);
  await killed(worker);

  const held = trials.filter(({ place }) => "held" in place);
  for (const [n, { place }] of held.entries()) {
    if ("held" in place && place.acts === "late") world.release(faults[n]);
  }
  await stage.startWorker();
  const { sql } = stage.person.database;
  const over = async () => (await sql`select from posts where status <> 'draft'`).length === 0;
  await until("every post is undone", over, 60_000);
  return trials;
}

/** X's fault for a place: the nth delete is that of tweet 8 - n. */
async function prepare(stage: Stage, { place, post }: Trial): Promise<number[]> {
  const { tweets } = await stored(stage, post);
  const pathOf = (nth: number) => ({ method: "DELETE", path: `/2/tweets/${tweets[LENGTH - nth]?.xId}` });
  if ("held" in place) {
    const when = place.acts === "before" ? "after" : "before";
    return [stage.world.addFault({ match: pathOf(place.held), action: { kind: "hold", when } })];
  }
  if (place.point === "before_wait") {
    stage.world.addFault({
      match: pathOf(3),
      action: { kind: "answer", status: 429, body: { title: "Too Many Requests" } },
    });
  }
  return [];
}

let stage: Stage | undefined;
let killing: Promise<Trial[]> | undefined;
afterAll(() => stage?.leave());

async function all(): Promise<{ stage: Stage; trials: Trial[] }> {
  stage ??= await openStage();
  killing ??= killThere(stage);
  return { stage, trials: await killing };
}

describe("an undo whose worker is killed is gone on with: every tweet deleted, last to first, each billed once", () => {
  for (const [n, place] of PLACES.entries()) {
    test(described(place), async () => {
      const { stage, trials } = await all();
      const trial = trials[n];
      if (trial === undefined) throw new Error("there is a trial for each place");
      await expectUndone(stage, trial.post);
    }, 90_000);
  }

  test("what psn noted as spent is what X billed", async () => {
    const { stage } = await all();
    const [row] = await stage.person.database.sql<{ usd: number }[]>`
      select sum(micro_usd)::float8 / 1e6 as usd from spend where item = 'delete'`;
    const deleted = stage.world.tweets.inOrder().filter((tweet) => tweet.deleted).length;
    expect(deleted).toBe(PLACES.length * LENGTH);
    expect(row?.usd).toBeCloseTo(deleted * 0.01, 6);
  }, 90_000);
});
