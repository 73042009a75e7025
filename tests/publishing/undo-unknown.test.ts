import { expect, test } from "bun:test";
import { type Written, write } from "../../bench/support/writing.ts";
import { ring, sceneForEach, stored } from "./scene.ts";
import { billed, callsOf, DELETES, living, toldAsDeleted, undo } from "./undo-support.ts";

const CREATE = { method: "POST", path: "/2/tweets" };

const scene = sceneForEach();

/** A thread of three whose second answer was lost, `when` X had acted or not; psn gave up finding out, and asks. */
async function unknown(when: "before" | "after"): Promise<Written> {
  const post = await write(scene.parts, "images", "Unknown");
  scene.world.addFault({ match: { ...CREATE, nth: 2 }, action: { kind: "drop", when } });
  await scene.arm(post);
  expect(await ring(scene, post.id, { policy: { ...scene.parts.policy, inlineWaitMs: 0 } })).toBe("waiting");
  await scene.sql`
    update posts set status = 'failed', sub_status = 'unconfirmed', failure = '{"code":"unconfirmed","message":"?","next":"?"}'`;
  await scene.sql`
    update attempts set started_at = now() - interval '1 hour', finished_at = now() - interval '1 hour'
    where outcome = 'ambiguous'`;
  return post;
}

test("a tweet of which nobody knows is found out about, and deleted with the others if it is out", async () => {
  const post = await unknown("after");

  expect(await undo(scene, post)).toBe("undone");

  expect(living(scene, post)).toEqual([]);
  expect(await toldAsDeleted(scene, post)).toEqual([2, 1]);
  expect(await billed(scene, post)).toEqual([10_000, 10_000]);
  expect((await stored(scene, post)).row).toMatchObject({ status: "draft", subStatus: null });
});

test("a tweet that turns out to be absent does not keep the others, and is not sent", async () => {
  const post = await unknown("before");
  const before = callsOf(scene, "POST /2/tweets");

  expect(await undo(scene, post)).toBe("undone");

  expect(await toldAsDeleted(scene, post)).toEqual([1]);
  expect(callsOf(scene, "POST /2/tweets")).toBe(before);
});

test("where nobody can tell which tweet it is nothing is deleted, and undo goes on once the person has looked", async () => {
  const post = await unknown("after");
  const { world } = scene;
  const [first, second] = world.tweets.inOrder();
  const twin = world.writeTweet({ text: second?.text ?? "", replyTo: first?.id ?? "" });

  expect(await undo(scene, post)).toBe("failed");

  expect(callsOf(scene, DELETES)).toBe(0);
  const { row } = await stored(scene, post);
  const next = `psn undo ${post.id} --expect ${post.seal.slice(0, 8)}`;
  expect(row).toMatchObject({ subStatus: "unconfirmed", failure: { code: "two_candidates", next } });

  world.deleteTweet(twin.id);
  expect(await undo(scene, post)).toBe("undone");
  expect(living(scene, post)).toEqual([]);
});
