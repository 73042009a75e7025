import { expect, test } from "bun:test";
import { until } from "../../bench/support/stage.ts";
import { type Written, write } from "../../bench/support/writing.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import { undoPost } from "../../src/publishing/undo.ts";
import type { RanOf } from "../support/run-psn.ts";
import { ring, sceneForEach, stored } from "./scene.ts";
import { callsOf, DELETE, DELETES, expectUndone, living, published, toldAsDeleted, undo } from "./undo-support.ts";

const scene = sceneForEach();

const TOO_MANY = { kind: "answer", status: 429, body: { title: "Too Many Requests" } } as const;

/** Cancels while X holds the nth delete, which it then does. */
async function cancelInDelete(post: Written, nth: number): Promise<{ ran: RanOf<"cancel">; run: string }> {
  const { world, person } = scene;
  world.addFault({ match: { ...DELETE, nth }, action: { kind: "hold" } });
  await undoPost(scene.parts, parsePostId(post.id), post.seal);
  const run = ring(scene, post.id);
  await until("X holds the delete", () => world.faults.view().some(({ holding }) => holding > 0));
  const cancelling = person.psn(["cancel", post.id, "--json"]);
  await until("the stop is asked for", async () => (await stored(scene, post)).row.stopRequested);
  world.release();
  return { ran: await cancelling, run: await run };
}

/** Asks for an undo that X puts off at its nth delete. */
async function undoThatWaits(post: Written, nth: number): Promise<void> {
  scene.world.addFault({ match: { ...DELETE, nth }, action: TOO_MANY });
  expect(await undo(scene, post)).toBe("waiting");
}

const lastSentAt = async (post: Written) => {
  const times = (await stored(scene, post)).tweets.map(({ sentAt }) => sentAt?.getTime() ?? 0);
  return new Date(Math.max(...times));
};

test("a cancel in the middle of an undo stops it before the next delete, and says how many are deleted", async () => {
  const post = await published(scene, "thread");

  const { ran, run } = await cancelInDelete(post, 3);

  expect(run).toBe("failed");
  expect(ran).toMatchObject({ exit: 8, json: { error: { code: "partly_out" }, data: { result: "stopped" } } });
  expect(ran.json.data).toMatchObject({ status: "failed", subStatus: "thread_partial" });
  expect(ran.json.data.failure).toMatchObject({
    code: "stopped",
    message: "The undo was stopped, as you asked; 3 of 7 tweets are deleted.",
  });
  expect(callsOf(scene, DELETES)).toBe(3);
  expect(await toldAsDeleted(scene, post)).toEqual([7, 6, 5]);

  expect(await undo(scene, post)).toBe("undone");
  await expectUndone(scene, post);
});

test("a cancel that comes with the last delete is too late, and says so", async () => {
  const post = await published(scene, "images");

  const { ran, run } = await cancelInDelete(post, 3);

  expect(run).toBe("undone");
  expect(ran).toMatchObject({ exit: 7, json: { error: { code: "wrong_state" } } });
  await expectUndone(scene, post);
});

test("a waiting undo that has deleted nothing is taken back: the post is published, as it was", async () => {
  const post = await published(scene, "images");
  await undoThatWaits(post, 1);

  const cancelled = await scene.person.ok(["cancel", post.id]);

  expect(cancelled).toMatchObject({ status: "published", subStatus: null, failure: null, result: "stopped" });
  const { row } = await stored(scene, post);
  expect(row).toMatchObject({ intent: "publish", publishedAt: await lastSentAt(post) });
  expect(living(scene, post)).toHaveLength(3);
  expect(await ring(scene, post.id)).toBe("stale");
  expect(await undo(scene, post)).toBe("undone");
});

test("an undo that is stopped before its first delete leaves the post published", async () => {
  const post = await published(scene, "images");
  const { sql } = scene;
  await undoPost(scene.parts, parsePostId(post.id), post.seal);

  const at = async (point: string) => {
    if (point === "before_intent") await sql`update posts set stop_requested = true where id = ${post.id}`;
  };
  expect(await ring(scene, post.id, { at })).toBe("published");

  const { row } = await stored(scene, post);
  expect(row).toMatchObject({ status: "published", intent: "publish", stopRequested: false });
  expect(row.publishedAt).toEqual(await lastSentAt(post));
  expect(callsOf(scene, DELETES)).toBe(0);
});

test("a waiting undo that has deleted some ends there, partly out", async () => {
  const post = await published(scene, "thread");
  await undoThatWaits(post, 3);

  const ran = await scene.person.psn(["cancel", post.id, "--json"]);

  expect(ran).toMatchObject({ exit: 8, json: { error: { code: "partly_out" } } });
  expect(ran.json.data.failure?.message).toBe("The undo was stopped, as you asked; 2 of 7 tweets are deleted.");
  expect(living(scene, post)).toHaveLength(5);
  expect(await undo(scene, post)).toBe("undone");
  await expectUndone(scene, post);
});

test("a thread that stopped half-way goes on being published when its undo is taken back in time", async () => {
  const post = await write(scene.parts, "images", "Half");
  scene.world.addFault({
    match: { method: "POST", path: "/2/tweets", nth: 2 },
    action: { kind: "answer", status: 403, body: { detail: "Tweet contains an invalid URL." } },
  });
  await scene.arm(post);
  expect(await ring(scene, post.id)).toBe("failed");
  await undoThatWaits(post, 1);

  const ran = await scene.person.psn(["cancel", post.id, "--json"]);
  expect(ran).toMatchObject({ exit: 8, json: { data: { status: "failed", subStatus: "thread_partial" } } });
  await scene.letWorkersIn();
  const retried = await scene.person.psn(["retry", post.id, "--expect", post.seal, "--wait", "--json"]);

  expect(retried.json.data.status).toBe("published");
  expect(living(scene, post)).toEqual(post.tweets.map(({ text }) => text));
});
