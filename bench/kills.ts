/**
 * Workers that are killed in the middle of posts: how long until another process holds the post, and whether
 * anything was doubled or lost. `--kills 50 --at-once 6`.
 */
import { parseArgs } from "node:util";
import { postgres } from "./driver.ts";
import { figure, ms, quantile, signedIn } from "./support.ts";

const { values } = parseArgs({
  options: { kills: { type: "string", default: "50" }, "at-once": { type: "string", default: "6" } },
});
const kills = Number(values.kills);
const TWEETS = 8;
/** X takes so long for each tweet, so that the kill falls into the middle of a post. */
const ANSWER_MS = 600;

interface Trial {
  readonly takeoverMs: number;
  readonly wholeMs: number;
  readonly doubled: number;
  readonly lost: number;
  readonly disordered: number;
}

async function trial(n: number): Promise<Trial> {
  const { household, control, leave } = await signedIn({ PSN_SETTLE_SECONDS: "2" });
  try {
    await control.run("addFault", {
      match: { method: "POST", path: "/2/tweets" },
      times: "always",
      action: { kind: "delay", ms: ANSWER_MS, when: n % 2 === 0 ? "before" : "after" },
    });
    const text = Array.from({ length: TWEETS }, (_, i) => `Trial ${n}, tweet ${i + 1}.`).join("\n---\n");
    const sql = await postgres(household);
    const { id, seal } = (await household.psn("draft --stdin --json", text)).json.data;
    await household.psn(["publish", id, "--expect", seal, "--json"]);
    await control.until(({ attempts }) => attempts.length >= 1, 20_000);
    const { pid } = (await household.psn("worker status --json")).json.data;
    const begun = await control.state();
    await control.until(({ attempts }) => attempts.length > begun.attempts.length, 20_000);
    await Bun.sleep(Math.random() * ANSWER_MS * (TWEETS - 2 - begun.attempts.length));
    const [held] = await sql<{ token: string | null }[]>`select lease_token as token from posts where id = ${id}`;
    const killed = performance.now();
    process.kill(Number(pid), "SIGKILL");
    if (held?.token == null) throw new Error(`post ${id} was over before the kill`);
    await household.psn("status --json");
    let takeoverMs = Number.NaN;
    for (;;) {
      const [row] = await sql<
        { token: string | null; status: string }[]
      >`select lease_token as token, status from posts where id = ${id}`;
      if (row === undefined) throw new Error("the post is gone");
      if (Number.isNaN(takeoverMs) && row.token !== null && row.token !== held.token)
        takeoverMs = performance.now() - killed;
      if (row.status === "published" || row.status === "failed") break;
      if (performance.now() - killed > 180_000) throw new Error(`post ${id} is stuck in ${row.status}`);
      await Bun.sleep(50);
    }
    await sql.end({ timeout: 1 });
    const texts = (await control.state()).tweets.map((tweet) => tweet.text);
    const wanted = text.split("\n---\n");
    return {
      takeoverMs,
      wholeMs: performance.now() - killed,
      doubled: texts.length - new Set(texts).size,
      lost: wanted.filter((tweet) => !texts.includes(tweet)).length,
      disordered: texts.join("|") === wanted.join("|") ? 0 : 1,
    };
  } finally {
    await leave();
  }
}

const trials: Trial[] = [];
const numbers = Array.from({ length: kills }, (_, n) => n);
await Promise.all(
  Array.from({ length: Number(values["at-once"]) }, async () => {
    for (let n = numbers.shift(); n !== undefined; n = numbers.shift()) trials.push(await trial(n));
  }),
);
const sum = (key: "doubled" | "lost" | "disordered") => trials.reduce((total, one) => total + one[key], 0);
const takeovers = trials.map((one) => one.takeoverMs);
figure(`${trials.length} workers killed mid-post: tweets doubled`, String(sum("doubled")), "0");
figure("tweets lost", String(sum("lost")), "0");
figure("threads out of order", String(sum("disordered")), "0");
figure("another process holds the post, p50", ms(quantile(takeovers, 0.5)));
figure("another process holds the post, p99", ms(quantile(takeovers, 0.99)), "15000 ms");
figure(
  "whole thread out after the kill, p50",
  ms(
    quantile(
      trials.map((one) => one.wholeMs),
      0.5,
    ),
  ),
);
process.exit(sum("doubled") + sum("lost") + sum("disordered") === 0 ? 0 : 1);
