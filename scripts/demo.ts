/**
 * psn's main job from end to end on this machine alone: X's sandbox, the embedded Postgres, the local worker.
 * Leaves nothing behind. `npm run demo`, or `npm run demo -- --file YOURS` for a text of your own.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bold, dim, green } from "../src/cli/render/style.ts";
import { controlSandbox } from "../src/sandbox/control.ts";
import { type Stage, setStage } from "./demo/stage.ts";

const OURS = fileURLToPath(new URL("demo/launch.txt", import.meta.url));
const CHART = "scripts/demo/chart.png";
const ALT = "Bar␣chart␣of␣double␣posts␣by␣day;␣the␣last␣bars␣tower␣over␣the␣rest";

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
  await on.show("setup timezone Europe/Madrid");

  say("Sign in", "With OAuth 2.0 and PKCE. Here a script presses Authorise, as you would in the browser.");
  const { url } = await on.ask("setup x-auth start");
  const redirect = await controlSandbox(on.sandbox.url).decide(String(url));
  await on.show("setup x-auth finish --stdin", {
    stdin: redirect,
    as: "psn setup x-auth finish --stdin   # the address is pasted",
  });

  say("Draft", "Split where a reader would pause; counted as X counts; priced before anything is sent.");
  const before = await on.ask(`draft --file ${file.replaceAll(" ", "␣")}`);
  const id = String(before["id"]);
  const tweets = Array.isArray(before["tweets"]) ? before["tweets"] : [];
  const charted = tweets.findIndex((tweet) => /chart/i.test(String(tweet.text))) + 1 || 1;
  await on.show(`attach ${id} ${CHART} --tweet ${charted} --alt ${ALT}`, {
    as: `psn draft --file ${values.file ?? "launch.txt"} && psn attach ${id} chart.png --tweet ${charted} --alt '…'`,
  });
  const { seal } = await on.ask(`show ${id}`);

  say("Approve", "The seal names exactly these bytes, images and order. Change one letter and it no longer fits.");
  await on.show(`schedule ${id} --expect ${seal} --at in␣3␣seconds`, {
    as: `psn schedule ${id} --expect ${seal} --at 'in 3 seconds'`,
  });

  say("Publish", "The worker wakes at the time. Before each request it writes down what it is about to do.");
  await follow(on, id, tweets.length);
  await on.show(`show ${id}`);

  say("What X has", "Asked of the sandbox itself, not of psn.");
  const state = await controlSandbox(on.sandbox.url).state();
  for (const tweet of state.tweets) {
    const under = tweet.parent === null ? "starts the thread" : `under ${tweet.parent}`;
    const image = tweet.media[0] === undefined ? "" : `  ▣ alt: “${tweet.media[0].alt ?? ""}”`;
    console.log(`  ${tweet.id}  ${dim(under)}${image}`);
  }
  await on.show("status");
}

/** Prints each tweet as it goes out. */
async function follow(on: Stage, id: string, count: number): Promise<void> {
  let shown = 0;
  for (const until = Date.now() + 45_000; Date.now() < until; ) {
    const post = await on.ask(`show ${id}`);
    const tweets = Array.isArray(post["tweets"]) ? post["tweets"] : [];
    for (const tweet of tweets.slice(shown)) {
      if (tweet.state !== "sent") break;
      shown += 1;
      console.log(`  ${green("●")} ${tweet.n}/${count}  ${dim(String(tweet.url))}`);
    }
    if (post["status"] === "published") return;
    if (post["status"] === "failed") throw new Error(`the post stopped: ${JSON.stringify(post["failure"])}`);
    await Bun.sleep(200);
  }
  throw new Error("the post was not out after 45 seconds");
}
