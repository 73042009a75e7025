/**
 * Thousands of posts through several publishers of one database, while X loses answers, fails, garbles and limits, alarms
 * ring twice, publishers are killed and the database restarts. `--posts 10000 --workers 4 --seed 1`. Prints what was
 * breached and what it cost; exits 1 on a breach.
 */
import { parseArgs } from "node:util";
import { eq } from "drizzle-orm";
import { parsePostId } from "../src/core/post/id.ts";
import { isConnectionLost } from "../src/db/failures.ts";
import { loadPost } from "../src/db/posts.ts";
import { posts } from "../src/db/schema.ts";
import { between, seeded } from "./support/random.ts";
import { planPost } from "./support/soak-plan.ts";
import { SoakStage } from "./support/soak-stage.ts";
import { armNow } from "./support/stage.ts";
import { BREACHES, type Breach, judge } from "./support/verdict.ts";
import { type Written, writeTweets } from "./support/writing.ts";
import { figure } from "./support.ts";

const { values } = parseArgs({
  options: {
    posts: { type: "string", default: "2000" },
    workers: { type: "string", default: "4" },
    seed: { type: "string", default: "1" },
    "tweets-per-death": { type: "string", default: "250" },
  },
});
const count = Number(values.posts);
const workers = Number(values.workers);
const seed = Number(values.seed);
const random = seeded(seed);

/** Each has its own timeline: one for every few posts a second, as X's limits would have it. */
const ACCOUNTS = 60;
/** Armed and not over: more than the publishers hold at once, so that alarms wait and are given anew. */
const ON_THEIR_WAY = 400;
/** Something dies each time so many tweets more are out, on average. */
const tweetsPerDeath = Number(values["tweets-per-death"]);
/** Every so many deaths is the database's. */
const DATABASE_EVERY = 6;
/** Nothing came to an end for this long: what is left is stuck. */
const PATIENCE_MS = 180_000;
const READ_LAG_MS = 700;

const stage = await SoakStage.open(ACCOUNTS);
const { world } = stage.sandbox;
const { sql } = stage.session.database;
world.configure({ duplicateWindowMs: 0, readLagMs: READ_LAG_MS });
const written: Written[] = [];
const deaths = { publishers: 0, databases: 0 };
const began = performance.now();

try {
  for (let index = 0; index < workers; index++) stage.startPublisher(index, seed * 1_000 + index * 100);
  let feeding = true;
  const chaos = breakThings(() => feeding);
  await feed();
  feeding = false;
  await chaos;
  await untilOver();
  const seconds = (performance.now() - began) / 1000;
  await stage.stopPublishers();
  process.exitCode = (await report(seconds)) ? 0 : 1;
} finally {
  await stage.leave();
}
process.exit();

async function feed(): Promise<void> {
  let room = ON_THEIR_WAY;
  for (let n = 0; n < count; n++) {
    const planned = planPost(random, n, ACCOUNTS);
    const delay = between(random, 0, 2_000);
    for (const fault of planned.faults) world.addFault(fault);
    const post = await throughRestarts(() => writeTweets(stage.parts, planned.tweets));
    await throughRestarts(async () => {
      await stage.parts.orm
        .update(posts)
        .set({ accountId: stage.accounts[planned.account] ?? "" })
        .where(eq(posts.id, post.id));
      const { row, seal } = await loadPost(stage.parts.orm, parsePostId(post.id));
      // Asked a second time, since the answer to the first was lost.
      if (row.status !== "draft") return;
      await armNow(stage.parts, { ...post, seal }, new Date(Date.now() + delay));
    });
    written.push(post);
    if ((n + 1) % 500 === 0)
      console.log(
        `${n + 1} posts armed, ${world.tweets.inOrder().length} tweets at X, ${Math.round((performance.now() - began) / 1000)} s`,
      );
    for (room -= 1; room <= 0; await Bun.sleep(200)) room = ON_THEIR_WAY - (await onTheirWay());
  }
}

/** Seeded, and by what is out rather than by the clock: a slower machine dies at the same places. */
async function breakThings(feeding: () => boolean): Promise<void> {
  const chance = seeded(seed + 1);
  for (let next = tweetsPerDeath; feeding(); await Bun.sleep(20)) {
    if (world.tweets.inOrder().length < next) continue;
    next += between(chance, tweetsPerDeath / 2, tweetsPerDeath * 1.5);
    if ((deaths.publishers + deaths.databases + 1) % DATABASE_EVERY === 0) {
      await stage.breakDatabase(chance() < 0.5 ? "crash" : "restart");
      deaths.databases += 1;
    } else {
      stage.killPublisher(Math.floor(chance() * workers));
      deaths.publishers += 1;
    }
  }
}

async function throughRestarts<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      await Bun.sleep(100);
    }
  }
}

async function onTheirWay(): Promise<number> {
  const [row] = await throughRestarts(
    () => sql<{ n: number }[]>`select count(*)::int as n from posts where status in ('scheduled', 'publishing')`,
  );
  return row?.n ?? 0;
}

async function untilOver(): Promise<void> {
  let left = await onTheirWay();
  for (let since = performance.now(); left > 0 && performance.now() - since < PATIENCE_MS; await Bun.sleep(500)) {
    const now = await onTheirWay();
    if (now < left) since = performance.now();
    left = now;
  }
}

async function report(seconds: number): Promise<boolean> {
  const ended = await sql<
    { id: string; status: string; code: string | null }[]
  >`select id, status, failure->>'code' as code from posts`;
  const forAPerson = new Map(ended.filter(({ status }) => status === "failed").map(({ id, code }) => [id, code]));
  const breaches: Breach[] = [];
  for (let from = 0; from < written.length; from += 500) {
    const some = written.slice(from, from + 500);
    breaches.push(
      ...(await judge(
        sql,
        world,
        some.filter(({ id }) => !forAPerson.has(id)),
      )),
    );
    breaches.push(
      ...(await judge(
        sql,
        world,
        some.filter(({ id }) => forAPerson.has(id)),
        "stopped",
      )),
    );
  }
  const [money] = await sql<{ usd: number; reads: number }[]>`
    select sum(micro_usd)::float / 1e6 as usd, coalesce(sum(micro_usd) filter (where item = 'own_read'), 0)::float / 1000 as reads from spend`;
  const [tries] = await sql<{ ambiguous: number; adopted: number; absent: number }[]>`
    select count(*) filter (where outcome = 'adopted')::int as adopted, count(*) filter (where outcome = 'absent')::int as absent,
      count(*) filter (where outcome in ('adopted', 'absent'))::int as ambiguous from attempts where kind = 'tweet'`;
  const tweets = world.tweets.inOrder().length;
  const complaints = stage.complaints();
  for (const { post, kind, what } of breaches.slice(0, 20)) console.log(`${kind}: ${post}: ${what}`);
  for (const [id, code] of forAPerson) console.log(`left for a person: ${id} (${code})`);
  for (const line of complaints.slice(0, 60)) console.log(`a publisher said: ${line}`);

  console.log(
    `\nseed ${seed}: ${written.length} posts, ${tweets} tweets, ${workers} publishers, ${Math.round(seconds)} s`,
  );
  for (const kind of BREACHES) figure(kind, String(breaches.filter((breach) => breach.kind === kind).length), "0");
  figure("left for a person, of 1,000", ((forAPerson.size / count) * 1000).toFixed(2), "under 1");
  figure("publishers killed", String(deaths.publishers));
  figure("publishers that ended by themselves", String(stage.endedByThemselves));
  figure("databases restarted", String(deaths.databases));
  figure("requests with no telling answer", String(tries?.ambiguous ?? 0));
  figure("of them found on the timeline, and absent", `${tries?.adopted ?? 0}, ${tries?.absent ?? 0}`);
  figure("lines that publishers had to say", String(complaints.length), "0");
  figure("timeline posts read, a post", ((money?.reads ?? 0) / count).toFixed(3));
  figure("dollars a post", ((money?.usd ?? 0) / count).toFixed(4));
  figure("X's own count of dollars a post", (world.billing.view().spentUsd / count).toFixed(4));
  figure("posts a second", (count / seconds).toFixed(1));
  return breaches.length === 0 && forAPerson.size / count < 0.001;
}
