import type { Sql } from "postgres";
import type { Attempt } from "../../src/sandbox/world/journal.ts";
import type { World } from "../../src/sandbox/world/world.ts";
import type { RacePlan } from "./race-plan.ts";
import { BREACHES, type Breach, judge } from "./verdict.ts";
import type { Written } from "./writing.ts";

/**
 * What the person was told. `draft`, `stopped` and `edited` are promises: nothing more goes out, or nothing but what is
 * approved then. `stopping`: psn could not promise anything yet. `refused`: the post goes out as it was approved.
 */
export const OUTCOMES = ["draft", "stopped", "stopping", "edited", "refused"] as const;
export type Told = (typeof OUTCOMES)[number];

/** One trial as it went. */
export interface Raced {
  readonly plan: RacePlan;
  readonly told: Told;
  /** The code of the refusal. */
  readonly code?: string;
  /** The texts that were first approved. */
  readonly first: readonly string[];
  /** What is approved in the end, or was when it was stopped. */
  readonly post: Written;
  /** How many tweets were out when the person was told. */
  readonly outWhenTold: number;
  /** How many requests to create a tweet had reached X when the person was told. */
  readonly requestsWhenTold: number;
  /** The same when the edited post was approved again; undefined when it was not. */
  readonly requestsWhenApproved: number | undefined;
}

export const RACE_BREACHES = [
  /** A request reached X, or a tweet is there, after the person was told that nothing more goes out. */
  "after the promise",
  /** A tweet was begun well after the person had asked to stop, whatever she was told in the end. */
  "went on after a cancel",
  /** X was sent a text that was not approved at that time. */
  "not approved",
  /** Cancel or edit was refused, and the post did not go out. */
  "refused, and not out",
  ...BREACHES,
] as const;

export interface RaceBreach {
  readonly kind: (typeof RACE_BREACHES)[number];
  readonly race: Raced;
  readonly what: string;
}

/** Holds what X was sent against what the person was told. Call it when every post has come to its end. */
export async function judgeRaces(sql: Sql, world: World, races: readonly Raced[]): Promise<RaceBreach[]> {
  const requests = Map.groupBy(world.journal.attempts(), ({ text }) => /Race\d+x/.exec(text ?? "")?.[0] ?? "");
  const breaches = races.flatMap((race) => judgeRequests(race, requests.get(`Race${race.plan.n}x`) ?? []));
  breaches.push(...(await judgeStops(sql, races)));
  const goesOut = (race: Raced) => race.told === "refused" || race.requestsWhenApproved !== undefined;
  for (const end of ["published", "stopped"] as const) {
    const some = races.filter((race) => goesOut(race) === (end === "published"));
    const found = some.length === 0 ? [] : await judge(sql, world, posts(some), end);
    breaches.push(...found.flatMap((breach) => named(breach, some)));
  }
  return breaches;
}

/** By the database's clock. The transaction that asks may have begun a moment before it got the post's lock. */
const ASKED_MS = 1_000;

async function judgeStops(sql: Sql, races: readonly Raced[]): Promise<RaceBreach[]> {
  const rows = await sql<{ post: string; position: number; after: number }[]>`
    select e.post_id as post, a.position, extract(epoch from a.started_at - e.at)::float * 1000 as after
    from events e join attempts a using (post_id)
    where e.kind = 'stop_asked' and a.kind = 'tweet' and a.started_at > e.at + make_interval(secs => ${ASKED_MS / 1000})`;
  return rows.flatMap(({ post, position, after }) =>
    races
      .filter((race) => race.post.id === post)
      .map((race) => {
        const what = `tweet ${position} was begun ${Math.round(after)} ms after the person had asked to stop`;
        return { kind: "went on after a cancel" as const, race, what };
      }),
  );
}

const posts = (races: readonly Raced[]): Written[] => races.map(({ post }) => post);

function named({ kind, post, what }: Breach, races: readonly Raced[]): RaceBreach[] {
  const race = races.find((one) => one.post.id === post);
  if (race === undefined) throw new Error(`no race of post ${post}`);
  const notOut = race.told === "refused" && (kind === "lost" || kind === "stuck");
  return [{ kind: notOut ? "refused, and not out" : kind, race, what }];
}

/** By the order of arrival at X, and by what was out when the person was told: no clock is compared with another. */
function judgeRequests(race: Raced, requests: readonly Attempt[]): RaceBreach[] {
  const { told, first, post, outWhenTold, requestsWhenTold, requestsWhenApproved } = race;
  const breaches: RaceBreach[] = [];
  const found = (kind: RaceBreach["kind"], what: string) => breaches.push({ kind, race, what });
  const promised = told === "draft" || told === "stopped" || told === "edited";
  const approved = new Set(post.tweets.map(({ text }) => text));
  for (const { n, text, tweetId } of requests) {
    const sent = `${JSON.stringify(text)} reached X as request ${n}${tweetId === null ? "" : ` and is tweet ${tweetId}`}`;
    const after = promised && n > requestsWhenTold;
    if (after && requestsWhenApproved === undefined) found("after the promise", sent);
    else if (after && !approved.has(text ?? "")) found("not approved", `${sent}, after the edit`);
    else if (!first.includes(text ?? "") && (requestsWhenApproved === undefined || n <= requestsWhenApproved))
      found("not approved", `${sent}, before it was approved`);
  }
  const made = requests.filter(({ text, tweetId }) => tweetId !== null && first.includes(text ?? "")).length;
  if (promised && requestsWhenApproved === undefined && made !== outWhenTold)
    found("after the promise", `${made} tweets are at X, and ${outWhenTold} were when the person was told`);
  return breaches;
}
