import { expect, test } from "bun:test";
import { parsePostId } from "../../src/core/post/id.ts";
import { loadPost } from "../../src/db/posts.ts";
import { publishPost } from "../../src/publishing/run/publish.ts";
import { undoPost } from "../../src/publishing/undo.ts";
import { ring, sceneForEach, stored } from "./scene.ts";
import {
  billed,
  callsOf,
  DELETE,
  DELETES,
  expectUndone,
  living,
  published,
  toldAsDeleted,
  undo,
} from "./undo-support.ts";

const scene = sceneForEach();

const TOO_MANY = {
  kind: "answer",
  status: 429,
  body: { title: "Too Many Requests", detail: "Too Many Requests", type: "about:blank", status: 429 },
} as const;
const UNAVAILABLE = { kind: "answer", status: 503, body: { title: "Service Unavailable", status: 503 } } as const;

test("a thread with images is deleted from X, each tweet once, and X bills what psn notes", async () => {
  const post = await published(scene, "images");
  const before = scene.world.billing.view().spentUsd;

  expect(await undo(scene, post)).toBe("undone");

  await expectUndone(scene, post);
  expect(callsOf(scene, DELETES)).toBe(3);
  expect(scene.world.billing.view().spentUsd - before).toBeCloseTo(0.03, 6);
});

test("X is asked to delete a tweet only when all that follow it are gone", async () => {
  const post = await published(scene, "thread");
  const left: number[] = [];
  const at = (point: string) => {
    if (point === "after_intent") left.push(living(scene, post).length);
  };
  await undoPost(scene.parts, parsePostId(post.id), post.seal);

  expect(await ring(scene, post.id, { at })).toBe("undone");

  expect(left).toEqual([7, 6, 5, 4, 3, 2, 1]);
});

test("an answer that is lost after X deleted, a 503 and an unreadable answer are repeated, and billed once", async () => {
  const post = await published(scene, "thread");
  // Twice: Bun repeats a DELETE by itself when a connection that it kept open closes.
  scene.world.addFault({ match: { ...DELETE, nth: 2 }, times: 2, action: { kind: "drop", when: "after" } });
  scene.world.addFault({ match: { ...DELETE, nth: 3 }, action: UNAVAILABLE });
  scene.world.addFault({ match: { ...DELETE, nth: 4 }, action: { kind: "garble", as: "broken_json" } });

  expect(await undo(scene, post)).toBe("undone");

  await expectUndone(scene, post);
  const lost = await scene.sql<{ outcome: string; code: string }[]>`
    select outcome, code from attempts where kind = 'delete' and code is not null order by started_at`;
  expect(lost.filter(({ outcome }) => outcome === "adopted").length).toBeGreaterThan(0);
});

test.each(["not_found", "deleted_false"] as const)(
  "a tweet that the person deleted herself is done, and not billed (X says %s)",
  async (missingDelete) => {
    const post = await published(scene, "images");
    scene.world.configure({ missingDelete });
    const [, second] = (await stored(scene, post)).tweets;
    scene.world.deleteTweet(second?.xId ?? "");

    expect(await undo(scene, post)).toBe("undone");

    await expectUndone(scene, post, { billed: 2 });
    const { story } = await scene.person.ok(["show", post.id]);
    expect(story.map(({ what }) => what)).toContain("tweet 2 is deleted from X (it was gone already)");
  },
);

test("a 429 in the middle is waited for, and then the undo goes on where it was", async () => {
  const post = await published(scene, "thread");
  scene.world.addFault({ match: { ...DELETE, nth: 3 }, action: TOO_MANY });
  await undoPost(scene.time.parts, parsePostId(post.id), post.seal);

  await scene.time.live(60_000);

  expect(living(scene, post)).toHaveLength(5);
  const waiting = await scene.person.ok(["show", post.id]);
  expect(waiting).toMatchObject({
    status: "scheduled",
    subStatus: "rate_limited",
    failure: { code: "rate_limited" },
  });

  await scene.time.live(20 * 60_000);
  await expectUndone(scene, post);
  expect(callsOf(scene, DELETES)).toBe(8);
});

test("a limit that is spent is not tried", async () => {
  const post = await published(scene, "thread");
  scene.world.setLimit({ endpoint: DELETES, limit: 3 });
  await undoPost(scene.time.parts, parsePostId(post.id), post.seal);
  await scene.time.live(60_000);
  expect(callsOf(scene, DELETES)).toBe(3);

  scene.world.setLimit({ endpoint: DELETES, limit: 50 });
  await scene.time.live(20 * 60_000);
  await expectUndone(scene, post);
  expect(callsOf(scene, DELETES)).toBe(7);
});

test("a post is undone however long ago it went out, and whatever was said about being late", async () => {
  const post = await published(scene, "images");
  await scene.sql`
    update posts set scheduled_at = now() - interval '40 days', not_after = now() - interval '39 days'`;

  expect(await undo(scene, post)).toBe("undone");

  await expectUndone(scene, post);
});

test("a delete that X keeps failing is tried four times; then the undo stops, says so, and goes on when asked again", async () => {
  const post = await published(scene, "thread");
  scene.world.addFault({ match: { ...DELETE, nth: 3 }, times: "always", action: UNAVAILABLE });

  expect(await undo(scene, post)).toBe("failed");

  expect(callsOf(scene, DELETES)).toBe(6);
  expect(await toldAsDeleted(scene, post)).toEqual([7, 6]);
  const command = `psn undo ${post.id} --expect ${post.seal.slice(0, 8)}`;
  const shown = await scene.person.ok(["show", post.id]);
  expect(shown).toMatchObject({ status: "failed", subStatus: "thread_partial" });
  expect(shown.failure).toMatchObject({ code: "undo_stopped", next: command });
  expect(shown.failure?.message).toStartWith("The undo stopped; 2 of 7 tweets are deleted. ");
  const retried = await scene.person.psn(["retry", post.id, "--expect", post.seal, "--json"]);
  expect(retried).toMatchObject({ exit: 7, json: { error: { code: "wrong_state", next: command } } });
  const again = await scene.person.psn(["publish", post.id, "--expect", post.seal, "--json"]);
  expect(again).toMatchObject({ exit: 7, json: { error: { code: "wrong_state" } } });

  // Its tries are counted anew.
  expect(await undo(scene, post)).toBe("failed");
  expect(callsOf(scene, DELETES)).toBe(10);

  scene.world.clearFaults();
  expect(await undo(scene, post)).toBe("undone");
  await expectUndone(scene, post);
});

test("without credits the account's undos wait, one asks for all, and with credits they go on", async () => {
  const posts = [await published(scene, "images", "First"), await published(scene, "single", "Second")];
  const { sql } = scene;
  scene.world.setCredits(0);
  for (const { id, seal } of posts) await undoPost(scene.time.parts, parsePostId(id), seal);
  await scene.time.live(5 * 60_000);
  for (const post of posts) {
    expect((await stored(scene, post)).row).toMatchObject({ status: "scheduled", subStatus: "out_of_credits" });
  }
  expect(callsOf(scene, DELETES)).toBe(1);

  scene.world.setCredits(5);
  await scene.time.live(15 * 60_000);
  for (const post of posts) await expectUndone(scene, post);
  expect(await sql`select 1 from accounts where hold_code is not null`).toHaveLength(0);
});

test("an access token that X refuses is renewed once, and the undo goes on", async () => {
  const post = await published(scene, "images");
  scene.world.expireAccessTokens();

  expect(await undo(scene, post)).toBe("undone");

  await expectUndone(scene, post);
});

test("the alarm that published the post does nothing any more, nor does the undo's after the undo", async () => {
  const post = await published(scene, "images");
  const old = (await stored(scene, post)).row;
  await undoPost(scene.parts, parsePostId(post.id), post.seal);
  const armed = (await stored(scene, post)).row;
  expect(armed.revision).toBeGreaterThan(old.revision);
  expect((await publishPost(scene.parts, { ...old, postId: post.id })).kind).toBe("stale");

  const both = await Promise.all([ring(scene, post.id), ring(scene, post.id)]);

  expect(both.filter((kind) => kind === "undone")).toHaveLength(1);
  expect(callsOf(scene, DELETES)).toBe(3);
  expect((await publishPost(scene.parts, { ...armed, postId: post.id })).kind).toBe("stale");
  await expectUndone(scene, post);
});

test("after an undo the draft can be edited and goes out again, with its images, and be undone again", async () => {
  const post = await published(scene, "images");
  await undo(scene, post);
  const { person, world } = scene;
  const edited = await person.ok(["edit", post.id, "--tweet", "2", "--stdin"], { stdin: "Another second." });
  await scene.letWorkersIn();

  const ran = await person.psn(["publish", post.id, "--expect", edited.seal, "--wait", "--json"]);

  expect(ran.json.data).toMatchObject({ status: "published" });
  const atX = world.tweets.inOrder().filter(({ deleted }) => !deleted);
  const [first, , third] = post.tweets;
  expect(atX.map(({ text, media }) => ({ text, images: media.map(({ media: { sha256 } }) => sha256) }))).toEqual([
    { text: first?.text ?? "", images: [...(first?.images ?? [])] },
    { text: "Another second.", images: [] },
    { text: third?.text ?? "", images: [...(third?.images ?? [])] },
  ]);
  expect(atX.map(({ parent }) => parent?.id ?? null)).toEqual([null, atX[0]?.id ?? "", atX[1]?.id ?? ""]);

  const undone = await person.psn(["undo", post.id, "--expect", edited.seal, "--wait", "--json"]);
  expect(undone.json.data).toMatchObject({ status: "draft", undo: { tweets: 3, usd: 0.03 } });
  expect(await billed(scene, post)).toHaveLength(6);
});

test("a tweet that was sent again after an undo is never taken for the one that was deleted", async () => {
  const post = await published(scene, "single");
  const { world } = scene;
  const old = world.tweets.inOrder()[0];
  await undo(scene, post);
  await scene.arm(post);
  // The answer is lost before X acted, and X's timeline still shows the tweet that was deleted.
  world.addFault({ match: { method: "POST", path: "/2/tweets" }, action: { kind: "drop", when: "before" } });
  if (old !== undefined) old.deleted = false;

  const { policy } = scene.parts;
  const quick = { ...policy, settleMs: 20, secondLookMs: 20 };
  expect(await ring(scene, post.id, { policy: quick })).toBe("published");

  expect(world.tweets.inOrder()).toHaveLength(2);
  expect((await loadPost(scene.parts.orm, parsePostId(post.id))).tweets[0]?.xId).toBe(
    world.tweets.inOrder()[1]?.id ?? "",
  );
});
