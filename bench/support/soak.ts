import { isConnectionLost } from "../../src/db/failures.ts";
import { type Between, judgeBetween } from "./between.ts";
import { between, seeded } from "./random.ts";
import { planPost } from "./soak-plan.ts";
import { SoakStage } from "./soak-stage.ts";
import { armNow } from "./stage.ts";
import { type Breach, judge } from "./verdict.ts";
import { type Written, writeTweets } from "./writing.ts";

export interface SoakOptions {
  readonly posts: number;
  readonly workers: number;
  readonly seed: number;
  /** Each has its own timeline; a thread keeps the other posts of its account waiting. */
  readonly accounts: number;
  /** Armed and not over, at most: more than the publishers hold at once, so that alarms wait and are given anew. */
  readonly onTheirWay: number;
  /** Something dies each time so many tweets more are out, on average. */
  readonly tweetsPerDeath: number;
  /** Whether X also fails in ways that cost a post many seconds: limits, time-outs, timelines that can't be read. */
  readonly slow: boolean;
  /** How far the publishers' clocks are set ahead at most, in milliseconds; back a quarter of it. */
  readonly clockMs: number;
  readonly say?: (line: string) => void;
}

export interface SoakReport {
  readonly posts: number;
  readonly tweets: number;
  readonly seconds: number;
  readonly breaches: readonly Breach[];
  readonly between: Between;
  /** Posts that ended and wait for a person, with the code of their failure. */
  readonly forAPerson: ReadonlyMap<string, string>;
  readonly died: { readonly publishers: number; readonly databases: number; readonly byThemselves: number };
  /** What publishers had to say: nothing, unless something is wrong. */
  readonly complaints: readonly string[];
  readonly ledger: Ledger;
  /** What happened to the first of the posts that something is wrong with, line by line. */
  readonly stories: readonly string[];
}

interface Ledger {
  readonly ambiguous: number;
  readonly adopted: number;
  readonly absent: number;
  readonly limited: number;
  /** Timeline posts that were billed, and requests for a timeline. */
  readonly read: number;
  readonly looks: number;
  readonly usd: number;
  /** By X's own count. */
  readonly usdAtX: number;
}

/** Nothing dies any more when everything is written and this share of the tweets is out. */
const DEATHS_UNTIL = 0.7;
/** Every so many deaths is the database's. */
const DATABASE_EVERY = 4;
/** Nothing came to an end for this long: what is left is stuck. */
const PATIENCE_MS = 180_000;
const READ_LAG_MS = 700;
const TIMELINE = "GET /2/users/:id/tweets";

/**
 * Publishes posts by several processes on one database, while X loses answers, fails, garbles and limits, alarms ring
 * twice, clocks jump, publishers are killed and the database restarts; and judges when all are over.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const stage = await SoakStage.open(options.accounts, options.clockMs);
  try {
    return await new Soak(stage, options).run();
  } finally {
    await stage.leave();
  }
}

class Soak {
  readonly #stage: SoakStage;
  readonly #options: SoakOptions;
  readonly #written: Written[] = [];
  readonly #died = { publishers: 0, databases: 0 };
  readonly #began = performance.now();

  constructor(stage: SoakStage, options: SoakOptions) {
    this.#stage = stage;
    this.#options = options;
    stage.sandbox.world.configure({ duplicateWindowMs: 0, readLagMs: READ_LAG_MS });
  }

  async run(): Promise<SoakReport> {
    const { seed, workers } = this.#options;
    for (let index = 0; index < workers; index++) this.#stage.startPublisher(index, seed * 1_000 + index * 100);
    let isFed = false;
    let isOver = false;
    const isOut = () =>
      isFed && this.#tweets >= DEATHS_UNTIL * this.#written.reduce((n, { tweets }) => n + tweets.length, 0);
    const chaos = this.#breakThings(() => !isOver && !isOut());
    await this.#feed();
    isFed = true;
    await this.#untilOver();
    isOver = true;
    await chaos;
    const seconds = this.#seconds();
    await this.#stage.stopPublishers();
    return await this.#report(seconds);
  }

  async #feed(): Promise<void> {
    const { posts: count, seed, accounts, onTheirWay, slow, say } = this.#options;
    const random = seeded(seed);
    let room = onTheirWay;
    for (let n = 0; n < count; n++) {
      const planned = planPost(random, n, { accounts, slow });
      const delay = between(random, 0, 2_000);
      for (const fault of planned.faults) this.#world.addFault(fault);
      this.#written.push(await this.#arm(planned.tweets, this.#stage.accounts[planned.account], delay));
      if ((n + 1) % 500 === 0)
        say?.(`${n + 1} posts armed, ${this.#tweets} tweets at X, ${Math.round(this.#seconds())} s`);
      for (room -= 1; room <= 0; await Bun.sleep(200)) room = onTheirWay - (await this.#onTheirWay());
    }
  }

  async #arm(tweets: Parameters<typeof writeTweets>[1], account: string | undefined, delay: number): Promise<Written> {
    const { parts } = this.#stage;
    const post = await throughRestarts(() => writeTweets(parts, tweets, account));
    await throughRestarts(async () => {
      // Asked a second time, since the answer to the first was lost.
      const [row] = await this.#sql`select from posts where id = ${post.id} and status = 'draft'`;
      if (row !== undefined) await armNow(parts, post, new Date(Date.now() + delay));
    });
    return post;
  }

  /** Seeded, and by what is out rather than by the clock: a slower machine dies at the same places. */
  async #breakThings(goesOn: () => boolean): Promise<void> {
    const { seed, tweetsPerDeath, workers } = this.#options;
    const chance = seeded(seed + 1);
    for (let next = tweetsPerDeath; goesOn(); await Bun.sleep(20)) {
      if (this.#tweets < next) continue;
      next += between(chance, tweetsPerDeath / 2, tweetsPerDeath * 1.5);
      if ((this.#died.publishers + this.#died.databases + 1) % DATABASE_EVERY === 0) {
        await this.#stage.breakDatabase(chance() < 0.5 ? "crash" : "restart");
        this.#died.databases += 1;
      } else {
        this.#stage.killPublisher(Math.floor(chance() * workers));
        this.#died.publishers += 1;
      }
    }
  }

  async #onTheirWay(): Promise<number> {
    const [row] = await throughRestarts(
      () =>
        this.#sql<{ n: number }[]>`select count(*)::int as n from posts where status in ('scheduled', 'publishing')`,
    );
    return row?.n ?? 0;
  }

  async #untilOver(): Promise<void> {
    let left = await this.#onTheirWay();
    for (let since = performance.now(); left > 0 && performance.now() - since < PATIENCE_MS; await Bun.sleep(200)) {
      const now = await this.#onTheirWay();
      if (now < left) since = performance.now();
      left = now;
    }
  }

  async #report(seconds: number): Promise<SoakReport> {
    const ended = await this.#sql<{ id: string; code: string | null }[]>`
      select id, failure->>'code' as code from posts where status = 'failed'`;
    const forAPerson = new Map(ended.map(({ id, code }) => [id, code ?? "no code"]));
    const breaches = await this.#judge(forAPerson);
    const between = await judgeBetween(this.#sql, this.#world, this.#written);
    const odd = new Set(
      [...breaches, ...between.breaches, ...[...forAPerson.keys()].map((post) => ({ post }))].map(({ post }) => post),
    );
    return {
      posts: this.#written.length,
      tweets: this.#tweets,
      seconds,
      breaches,
      between,
      forAPerson,
      died: { ...this.#died, byThemselves: this.#stage.endedByThemselves },
      complaints: this.#stage.complaints(),
      ledger: await this.#ledger(),
      stories: await this.#stories([...odd].slice(0, 5)),
    };
  }

  async #judge(forAPerson: ReadonlyMap<string, string>): Promise<Breach[]> {
    const breaches: Breach[] = [];
    for (let from = 0; from < this.#written.length; from += 500) {
      const some = Map.groupBy(this.#written.slice(from, from + 500), ({ id }) => forAPerson.has(id));
      breaches.push(...(await judge(this.#sql, this.#world, some.get(false) ?? [])));
      breaches.push(...(await judge(this.#sql, this.#world, some.get(true) ?? [], "stopped")));
    }
    return breaches;
  }

  async #stories(ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const rows = await this.#sql<{ line: string }[]>`
      select concat_ws(' ', post_id, to_char(at at time zone 'UTC', 'HH24:MI:SS.MS'), what) as line from (
        select post_id, at, concat(kind, ' ', detail) as what from events
        union all
        select post_id, started_at, concat('attempt at ', kind, ' ', position, ' under ', left(lease_token::text, 4)) from attempts
        union all
        select post_id, finished_at, concat(kind, ' ', position, ': ', outcome, ' ', http_status, ' ', code) from attempts
      ) story where post_id in ${this.#sql(ids)} order by post_id, at`;
    return rows.map(({ line }) => line);
  }

  async #ledger(): Promise<Ledger> {
    const [money] = await this.#sql<{ usd: number; read: number }[]>`
      select coalesce(sum(micro_usd), 0)::float / 1e6 as usd,
        coalesce(sum(micro_usd) filter (where item = 'own_read'), 0)::float / 1000 as read from spend`;
    const [tries] = await this.#sql<{ adopted: number; absent: number; limited: number }[]>`
      select count(*) filter (where outcome = 'adopted')::int as adopted,
        count(*) filter (where outcome = 'absent')::int as absent,
        count(*) filter (where http_status = 429)::int as limited from attempts where kind = 'tweet'`;
    const { adopted = 0, absent = 0, limited = 0 } = tries ?? {};
    return {
      ambiguous: adopted + absent,
      adopted,
      absent,
      limited,
      read: money?.read ?? 0,
      looks: this.#world.journal.calls()[TIMELINE] ?? 0,
      usd: money?.usd ?? 0,
      usdAtX: this.#world.billing.view().spentUsd,
    };
  }

  #seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  get #world() {
    return this.#stage.sandbox.world;
  }

  get #tweets() {
    return this.#world.tweets.inOrder().length;
  }

  get #sql() {
    return this.#stage.session.database.sql;
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
