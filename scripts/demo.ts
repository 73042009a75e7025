/**
 * psn's main job from end to end on this machine alone: X's sandbox, the embedded Postgres, the local worker.
 * Leaves nothing behind. `npm run demo`, or `npm run demo -- --file YOURS` for a text of your own.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bold, dim, green } from "../src/cli/render/style.ts";
import { controlSandbox } from "../src/sandbox/control.ts";
import { type Stage, setStage } from "./demo/stage.ts";

const OURS = fileURLToPath(new URL("demo/launch.txt", import.meta.url));
const CHART = "scripts/demo/chart.png";
const ALT = "Bars of double posts by day: the last ones tower over the rest";

const { values } = parseArgs({ options: { file: { type: "string" } } });
const file = values.file ?? OURS;
const started = performance.now();

const say = (title: string, text: string) => console.log(`\n${green("▌")} ${bold(title)}\n${dim(`  ${text}`)}`);

console.log(bold("\npsn: one text, from a file to a thread on X"));
console.log(dim("  X is a sandbox on this machine; the commands, the database and the worker are the real ones."));
const stage = await setStage();
try {
  await play(stage);
} finally {
  await stage.clear();
}
console.log(
  dim(
    `\n  ${((performance.now() - started) / 1000).toFixed(1)} s in all. Server stopped, files removed, your own settings untouched.\n`,
  ),
);
process.exit(0);

async function play(on: Stage): Promise<void> {
  say("Set up", "The first command starts Postgres for itself: no account, no Docker, no port.");
  await on.show(["setup", "timezone", "Europe/Madrid"]);

  say("Sign in", "OAuth 2.0 with PKCE. Here a script presses Authorise, as you would in the browser.");
  const { url } = await on.ask(["setup", "x-auth", "start"]);
  const redirect = await controlSandbox(on.sandbox.url).decide(url);
  await on.show(["setup", "x-auth", "finish", "--stdin"], {
    stdin: redirect,
    as: "psn setup x-auth finish --stdin   # the browser's address is pasted",
  });

  say("Draft", "Split where a reader would pause, counted as X counts, priced before anything is sent.");
  const { id, tweets } = await on.ask(["draft", "--file", file]);
  const charted = String(tweets.findIndex(({ text }) => /chart/i.test(text)) + 1 || 1);
  await on.show(["attach", id, CHART, "--tweet", charted, "--alt", ALT], {
    as: `psn draft --file ${values.file ?? "launch.txt"} && psn attach ${id} chart.png --tweet ${charted} --alt '${ALT}'`,
  });
  const { seal } = await on.ask(["show", id]);

  say("Approve", "The seal names exactly these words, images and order. Change one letter and it no longer fits.");
  await on.show(["schedule", id, "--expect", seal, "--at", "in 3 seconds"], {
    as: `psn schedule ${id} --expect ${seal} --at 'in 3 seconds'`,
  });

  say("Publish", "The worker wakes at the time, and writes down what it will do before each request.");
  await follow(on, id, tweets.length);

  say("What X has", "Asked of the sandbox, not of psn.");
  for (const tweet of (await controlSandbox(on.sandbox.url).state()).tweets) {
    const under = tweet.parent === null ? "starts the thread" : `under ${tweet.parent}`;
    const alt = tweet.media[0]?.alt;
    console.log(`  ${tweet.id}  ${dim(under)}${alt === undefined ? "" : `\n  ${dim("▣")} “${alt}”`}`);
  }

  say("What psn stored", "Every step and every answer; the sign-in only as ciphertext.");
  for (const line of await on.stored()) console.log(`  ${line}`);
  await on.show(["status"]);
}

/** Prints each tweet as it goes out. */
async function follow(on: Stage, id: string, count: number): Promise<void> {
  console.log("");
  let shown = 0;
  for (const until = Date.now() + 45_000; Date.now() < until; await Bun.sleep(100)) {
    const { status, failure, tweets } = await on.ask(["show", id]);
    for (const tweet of tweets.slice(shown)) {
      if (tweet.state !== "sent") break;
      shown += 1;
      console.log(`  ${green("●")} ${tweet.n}/${count}  ${dim(String(tweet.url))}`);
    }
    if (status === "published") return;
    if (status === "failed") throw new Error(`the post stopped: ${JSON.stringify(failure)}`);
  }
  throw new Error("the post was not out after 45 seconds");
}
