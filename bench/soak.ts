/**
 * Thousands of posts through several publishers of one database, while X loses answers, fails, garbles and limits, alarms
 * ring twice, clocks jump, publishers are killed and the database restarts. `--posts 10000 --workers 4 --seed 1
 * --accounts 120 --on-their-way 300 --tweets-per-death 250`. Prints what was breached and what it cost; exits 1 on a breach.
 */
import { parseArgs } from "node:util";
import { soak } from "./support/soak.ts";
import { BREACHES } from "./support/verdict.ts";
import { figure } from "./support.ts";

const { values } = parseArgs({
  options: {
    posts: { type: "string", default: "10000" },
    workers: { type: "string", default: "4" },
    seed: { type: "string", default: "1" },
    accounts: { type: "string", default: "120" },
    "on-their-way": { type: "string", default: "300" },
    "tweets-per-death": { type: "string", default: "250" },
  },
});
const workers = Number(values.workers);
const seed = Number(values.seed);

const { breaches, between, forAPerson, died, complaints, ledger, ...run } = await soak({
  posts: Number(values.posts),
  workers,
  seed,
  accounts: Number(values.accounts),
  onTheirWay: Number(values["on-their-way"]),
  tweetsPerDeath: Number(values["tweets-per-death"]),
  slow: true,
  clockMs: 90_000,
  say: console.log,
});
for (const { post, kind, what } of breaches.slice(0, 20)) console.log(`${kind}: ${post}: ${what}`);
for (const { post, other, what } of between.breaches.slice(0, 20)) console.log(`between: ${other} in ${post}: ${what}`);
for (const [id, code] of forAPerson) console.log(`left for a person: ${id} (${code})`);
for (const line of run.stories) console.log(line);
for (const line of complaints.slice(0, 60)) console.log(`a publisher said: ${line}`);

const per = (value: number, digits: number) => (value / run.posts).toFixed(digits);
console.log(
  `\nseed ${seed}: ${run.posts} posts, ${run.tweets} tweets, ${workers} publishers, ${Math.round(run.seconds)} s`,
);
for (const kind of BREACHES) figure(kind, String(breaches.filter((breach) => breach.kind === kind).length), "0");
figure("tweets of other posts between two of a thread", String(between.breaches.length), "0");
figure("the same, let pass by an unconfirmed thread", String(between.unconfirmed));
figure("the same, taken by X after psn stopped waiting", String(between.late));
figure("pairs of neighbours in threads", String(between.pairs));
figure("left for a person, of 1,000", per(forAPerson.size * 1000, 2), "under 1");
figure("publishers killed", String(died.publishers));
figure("publishers that ended by themselves", String(died.byThemselves));
figure("databases restarted", String(died.databases));
figure("requests that met a limit", String(ledger.limited));
figure("requests with no telling answer", String(ledger.ambiguous));
figure("of them found on the timeline, and absent", `${ledger.adopted}, ${ledger.absent}`);
figure("lines that publishers had to say", String(complaints.length), "0");
figure("looks at a timeline, a post", per(ledger.looks, 3));
figure("timeline posts billed, a post", per(ledger.read, 3));
figure("dollars a post", per(ledger.usd, 4));
figure("X's own count of dollars a post", per(ledger.usdAtX, 4));
figure("posts a second", (run.posts / run.seconds).toFixed(1));
const isWell = breaches.length === 0 && between.breaches.length === 0 && forAPerson.size / run.posts < 0.001;
process.exit(isWell ? 0 : 1);
