import { expect, test } from "bun:test";
import type { Written } from "../../bench/support/writing.ts";
import { editTweet } from "../../src/core/post/content.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import type { ResumeFrom } from "../../src/publishing/approve.ts";
import { cancelPost } from "../../src/publishing/cancel.ts";
import { changeTweets } from "../../src/publishing/write.ts";
import { armed, atX, retried, sceneForEach, stored } from "./scene.ts";

const MINUTE_MS = 60_000;
const CREATE = { method: "POST", path: "/2/tweets" };
const refused = (status: number, detail: string) =>
  ({ kind: "answer", status, body: { title: "No", detail, status } }) as const;

const scene = sceneForEach();

async function retry(post: Written, from?: ResumeFrom): Promise<void> {
  await retried(scene, post, from === undefined ? {} : { from });
  await scene.time.live(5 * MINUTE_MS);
}

const living = () => scene.world.tweets.inOrder().filter(({ deleted }) => !deleted);
const rowOf = async (post: Written) => (await stored(scene, post)).row;

/** A thread of which three tweets are out when the last of them vanishes from X. */
async function brokenThread(old = true): Promise<Written> {
  scene.world.addFault({ match: { ...CREATE, nth: 4 }, action: refused(400, "Refused once.") });
  const post = await armed(scene, "One.", "Two.", "Three.", "Four.", "Five.");
  await scene.time.live(MINUTE_MS);
  const { row, tweets } = await stored(scene, post);
  expect(row).toMatchObject({ status: "failed", subStatus: "thread_partial" });
  scene.world.deleteTweet(tweets[2]?.xId ?? "");
  // Older than the time that X may need to show a tweet.
  if (old) await scene.sql`update tweets set sent_at = now() - interval '10 minutes' where state = 'sent'`;
  else await scene.sql`update tweets set sent_at = now() where state = 'sent'`;
  await retry(post);
  expect((await rowOf(post)).failure?.code).toBe("parent_gone");
  return post;
}

test("a thread whose last tweet is gone from X stops, and offers three ways on with what they cost", async () => {
  const { id, seal: whole } = await brokenThread();
  const seal = whole.slice(0, 8);
  const { person } = scene;

  const { choices = [] } = await person.ok(["show", id]);

  expect(choices).toEqual([
    { command: `psn retry ${id} --expect ${seal} --from last-living`, does: expect.any(String), usd: 0.03 },
    { command: `psn retry ${id} --expect ${seal} --from new-thread`, does: expect.any(String), usd: 0.03 },
    { command: `psn undo ${id} --expect ${seal}`, does: expect.any(String), usd: 0.03 },
  ]);
  const unsaid = await person.psn(["retry", id, "--expect", seal, "--json"]);
  expect([unsaid.exit, unsaid.json.error.code]).toEqual([3, "input_needed"]);
  expect(unsaid.json.error.choices).toEqual(choices);
  const shown = await person.psn(["show", id]);
  for (const { command } of choices) expect(shown.stdout).toContain(command);
});

test("from the last living tweet the rest goes on under it", async () => {
  const { id, seal } = await brokenThread();
  await scene.letWorkersIn();

  const ran = await scene.person.psn(["retry", id, "--expect", seal, "--from", "last-living", "--wait", "--json"]);

  expect(ran.json.data.status).toBe("published");
  const tweets = living();
  expect(tweets.map(({ text }) => text)).toEqual(["One.", "Two.", "Four.", "Five."]);
  expect(tweets[2]?.parent?.id).toBe(tweets[1]?.id ?? "");
  expect(tweets[3]?.parent?.id).toBe(tweets[2]?.id ?? "");
  expect(ran.json.data.tweets.map(({ state }) => state)).toEqual(["sent", "sent", "deleted", "sent", "sent"]);
});

test("a parent that went out a moment ago is waited for, until the person says that it is gone", async () => {
  const post = await brokenThread(false);

  await retry(post, "last-living");

  expect((await rowOf(post)).status).toBe("published");
  expect(atX(scene)).toEqual(["One.", "Two.", "Four.", "Five."]);
});

test("who tries again has all tries again", async () => {
  const busy = refused(400, "Requests with bodies must have content-type of application/json.");
  scene.world.addFault({ match: CREATE, times: 5, action: busy });
  const post = await armed(scene, "Five refusals.");
  await scene.time.live(5 * MINUTE_MS);
  expect((await rowOf(post)).status).toBe("failed");

  await retry(post);

  expect((await rowOf(post)).status).toBe("published");
});

test("as a new thread the rest begins anew", async () => {
  const post = await brokenThread();

  await retry(post, "new-thread");

  expect((await rowOf(post)).status).toBe("published");
  const tweets = living();
  expect(tweets.map(({ text }) => text)).toEqual(["One.", "Two.", "Four.", "Five."]);
  expect(tweets[2]?.parent ?? null).toBeNull();
  expect(tweets[3]?.parent?.id).toBe(tweets[2]?.id ?? "");
});

test("when every tweet that is out is gone, the last living is none: it says so and sends nothing", async () => {
  const post = await brokenThread();
  for (const { id } of living()) scene.world.deleteTweet(id);

  await retry(post, "last-living");

  expect(await rowOf(post)).toMatchObject({ status: "failed", failure: { code: "parent_gone" } });
  expect(atX(scene)).toEqual([]);
});

test("retry wants the seal of what is there, and a post that stopped or waits", async () => {
  const { person } = scene;
  const { id, seal } = await person.draft("Not yet.");
  const draft = await person.psn(["retry", id, "--expect", seal, "--json"]);
  expect([draft.exit, draft.json.error.code]).toEqual([7, "wrong_state"]);
  const wrong = await person.psn(["retry", id, "--expect", "00000000", "--json"]);
  expect([wrong.exit, wrong.json.error.code]).toEqual([7, "seal_mismatch"]);
  const nowhere = await person.psn(["retry", id, "--expect", seal, "--from", "anywhere", "--json"]);
  expect([nowhere.exit, nowhere.json.error.code]).toEqual([2, "usage"]);
});

test("the rest of a thread that is partly out may be edited: a new seal, and only that goes out", async () => {
  scene.world.addFault({ match: { ...CREATE, nth: 3 }, action: refused(403, "This is not allowed.") });
  const post = await armed(scene, "One.", "Two.", "Three.");
  await scene.time.live(MINUTE_MS);
  const { result } = await cancelPost(scene.time.parts, parsePostId(post.id), 0);
  expect(result).toBe("stopped");
  const edited = await changeTweets(scene.parts, parsePostId(post.id), (content) =>
    editTweet(content, 3, "Three, but better."),
  );
  expect<string>(edited.seal).not.toBe(post.seal);

  const old = retried(scene, post, { seal: post.seal });
  expect(await old.catch((error: unknown) => error)).toMatchObject({ code: "seal_mismatch" });
  await retry(post);

  expect((await rowOf(post)).status).toBe("published");
  expect(atX(scene)).toEqual(["One.", "Two.", "Three, but better."]);
});
