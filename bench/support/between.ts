import type { Sql } from "postgres";
import type { StoredTweet } from "../../src/sandbox/world/tweets.ts";
import type { World } from "../../src/sandbox/world/world.ts";
import type { Written } from "./writing.ts";

/** Tweets of other posts that lie between two tweets of a thread, on the timeline of one account. */
export interface Between {
  /** What lies where. */
  readonly breaches: readonly { readonly post: string; readonly other: string; readonly what: string }[];
  /** After the thread had let others pass, since psn could not find out for a while whether X had its next tweet. */
  readonly unconfirmed: number;
  /** X made the other post's tweet after psn had stopped waiting for it. */
  readonly late: number;
  /** Pairs of neighbours in threads that were looked at. */
  readonly pairs: number;
}

/** How long a request may take before psn stops waiting for X's answer. */
const REQUEST_MS = 8_000;

/** From when on a thread let others pass, in milliseconds since 1970. */
interface Passing {
  readonly post: string;
  readonly since: number;
}

/** Looks at the order of creation at X. */
export async function judgeBetween(sql: Sql, world: World, posts: readonly Written[]): Promise<Between> {
  const owners = new Map(posts.flatMap((post) => post.tweets.map(({ text }) => [text, post.id] as const)));
  const passing = Map.groupBy(await passings(sql), ({ post }) => post);
  const arrivals = new Map(
    world.journal.attempts().flatMap(({ tweetId, at }) => (tweetId === null ? [] : [[tweetId, at]])),
  );
  const found = { breaches: [] as Between["breaches"][number][], unconfirmed: 0, late: 0, pairs: 0 };
  const ownerOf = ({ text }: StoredTweet) => owners.get(text) ?? "nobody";
  for (const timeline of Map.groupBy(world.tweets.inOrder(), ({ account }) => account.handle).values()) {
    const last = new Map<string, number>();
    for (const [index, tweet] of timeline.entries()) {
      const post = ownerOf(tweet);
      const before = last.get(post);
      last.set(post, index);
      if (before === undefined) continue;
      found.pairs += 1;
      for (const other of timeline.slice(before + 1, index)) {
        const made = other.createdAt.getTime();
        const from = timeline[before]?.createdAt.getTime() ?? made;
        const letPass = passing.get(post)?.some(({ since }) => from <= since && since <= made);
        if (letPass === true) found.unconfirmed += 1;
        else if (made - Date.parse(arrivals.get(other.id) ?? "") >= REQUEST_MS) found.late += 1;
        else
          found.breaches.push({ post, other: ownerOf(other), what: `${nameOf(other)} lies before ${nameOf(tweet)}` });
      }
    }
  }
  return found;
}

const nameOf = ({ text, createdAt }: StoredTweet) => `${text.slice(0, 40)} (${createdAt.toISOString().slice(11, 23)})`;

/** Waits that began while nobody knew whether X had a tweet: from the attempt to what psn found out about it. */
async function passings(sql: Sql): Promise<readonly Passing[]> {
  return await sql<Passing[]>`
    select a.post_id as post, extract(epoch from w.at)::float * 1000 as since
    from attempts a join events w on w.post_id = a.post_id and w.kind = 'waiting' and w.at >= a.started_at
    where a.kind = 'tweet' and a.outcome in ('ambiguous', 'adopted', 'absent') and w.at <= coalesce((
      select min(e.at) from events e
      where e.post_id = a.post_id and e.kind in ('tweet_adopted', 'tweet_absent')
        and (e.detail->>'tweet')::int = a.position and e.at >= a.started_at
    ), now())`;
}
