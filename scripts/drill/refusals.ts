import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { X_ERRORS } from "../../src/sandbox/catalogue.ts";
import { answering } from "../../src/sandbox/control.ts";
import type { Drill } from "./drill.ts";
import type { Scene } from "./scene.ts";

const PUBLISHED = { status: "published", subStatus: null } as const;
const CHART = fileURLToPath(new URL("../demo/chart.png", import.meta.url));
const ALT = "Bars of double posts by day";
const RESET_SECONDS = 5;

/** X says no, and psn waits, mends it, or leaves the choice to the person. */
export const REFUSALS: readonly Drill[] = [
  {
    name: "rate-limit",
    thrown: "429, reset in 5 seconds",
    means:
      "X's limit is reached, and resets five seconds later. psn waits a minute, the shortest it does, and goes on.",
    tweets: 2,
    expects: { ...PUBLISHED, out: 2 },
    within: 100,
    act: rateLimited,
  },
  {
    name: "parent-deleted",
    thrown: "first tweet deleted by hand",
    means: "Somebody deletes the first tweet while the thread goes out. psn stops, and says how it can go on.",
    tweets: 3,
    expects: { status: "failed", subStatus: "thread_partial", out: 1 },
    within: 80,
    act: parentDeleted,
  },
  {
    name: "new-thread",
    thrown: "the same, and told to go on",
    means:
      "As parent-deleted; then the person has the rest go out as a thread of its own (psn retry --from new-thread).",
    tweets: 3,
    expects: { ...PUBLISHED, out: 3, under: { 2: null } },
    within: 90,
    act: async (scene) => {
      await parentDeleted(scene);
      const retried = await scene.psn("retry", "--expect", scene.seal, "--from", "new-thread");
      scene.check("psn retry did not go on", retried.exit === 0);
    },
  },
  {
    name: "credits",
    thrown: "402, then credits are bought",
    means: "X wants money, twice. The post waits; when there are credits, psn retry sends it at once.",
    tweets: 1,
    expects: { ...PUBLISHED, out: 1 },
    act: creditsGone,
  },
  {
    name: "token-expired",
    thrown: "401, the sign-in has run out",
    means: "X ended the access token before its time. psn renews it once and sends the tweet.",
    tweets: 1,
    expects: { ...PUBLISHED, out: 1 },
    act: async (scene) => {
      scene.stage.x.world.expireAccessTokens(scene.handle);
      await scene.publish();
      await scene.settled();
      const refused = scene.requests().some(({ answered }) => answered === 401);
      scene.check("X did not refuse the first request", refused);
    },
  },
  {
    name: "image-fails",
    thrown: "image upload fails once",
    means: "X answers the upload of an image with 503. psn uploads it again; it comes with its alt text.",
    tweets: 1,
    expects: { ...PUBLISHED, out: 1 },
    faults: [{ on: "upload", action: answering(X_ERRORS.unavailable) }],
    act: imageFails,
  },
];

async function rateLimited(scene: Scene): Promise<void> {
  const reset = Math.ceil(Date.now() / 1000) + RESET_SECONDS;
  const headers = { "x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": `${reset}` };
  const { status, body } = X_ERRORS.rate_limited;
  scene.fault({ on: "create", nth: 2, action: { kind: "answer", status, body, headers } });
  await scene.publish();
  await scene.until("it waits", async () => (await scene.state()) === "scheduled rate_limited");
}

async function parentDeleted(scene: Scene): Promise<void> {
  const second = scene.fault({ on: "create", nth: 2, action: { kind: "hold" } });
  await scene.publish();
  await scene.held(second);
  const first = scene.stage.x.world.tweets.inOrder().find(({ text }) => text === scene.text(1));
  if (first === undefined) throw new Error("the first tweet is not out");
  scene.stage.x.world.deleteTweet(first.id);
  scene.letGo(second);
  await scene.settled();
  const { choices = [] } = (await scene.psn("show")).json.data;
  scene.check("psn offers no way on", choices.length >= 2);
}

async function creditsGone(scene: Scene): Promise<void> {
  const bill = scene.fault({ on: "create", times: 2, action: answering(X_ERRORS.credits_depleted) });
  const waits = async () => (await scene.state()) === "scheduled out_of_credits";
  await scene.publish();
  await scene.until("it waits for credits", waits);
  await scene.psn("retry", "--expect", scene.seal);
  await scene.struck(bill, 2);
  await scene.until("it waits for credits again", waits);
  await scene.psn("retry", "--expect", scene.seal);
}

async function imageFails(scene: Scene): Promise<void> {
  const file = join(scene.stage.household.home, "image-fails.png");
  copyFileSync(CHART, file);
  const attached = await scene.psn("attach", file, "--tweet", "1", "--alt", ALT);
  scene.seal = attached.json.data.seal;
  await scene.publish();
  await scene.settled();
  const tweet = scene.stage.x.world.tweets.inOrder().find(({ text }) => text === scene.text(1));
  scene.check("the image is not on X", tweet?.media.length === 1);
  scene.check("the alt text is not on X", tweet?.media[0]?.alt === ALT);
}
