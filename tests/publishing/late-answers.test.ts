import { beforeEach, expect, test } from "bun:test";
import { judge } from "../../bench/support/verdict.ts";
import { type Written, write } from "../../bench/support/writing.ts";
import { recordSent } from "../../src/db/attempts.ts";
import type { PressParts } from "../../src/publishing/parts.ts";
import { publishPost } from "../../src/publishing/run/publish.ts";
import { sceneForEach } from "./scene.ts";

/**
 * A process is stopped while X holds its request, another takes over and finds nothing on the timeline. Then X acts on
 * the first request after all, and the first process wakes up with X's answer: in the worst of all moments.
 */
const scene = sceneForEach();
let post: Written;
beforeEach(async () => {
  post = await write(scene.parts, "single", "Late");
  await scene.arm(post);
  scene.world.addFault({ match: { method: "POST", path: "/2/tweets" }, action: { kind: "drop", when: "before" } });
});

const SECOND_TRY = 2;
const QUICK = { settleMs: 20, secondLookMs: 20 };

/** Publishes; at the second passing of `point` the first request takes effect and its answer is stored. */
async function publishWithLateAnswer(point: "before_intent" | "after_intent"): Promise<string> {
  const { world, parts, person } = scene;
  let passed = 0;
  const at: PressParts["at"] = async (here) => {
    passed += here === point ? 1 : 0;
    if (here !== point || passed !== SECOND_TRY) return;
    const { id: xId } = world.writeTweet({ text: post.tweets[0]?.text ?? "" });
    const [first] = await person.database.sql<{ id: string; account: string }[]>`
      select a.id, p.account_id as account from attempts a join posts p on p.id = a.post_id order by started_at limit 1`;
    await recordSent(parts.orm, {
      attemptId: first?.id ?? "",
      xId,
      outcome: "sent",
      accountId: first?.account ?? "",
      postId: post.id,
      item: "tweet",
      microUsd: 15_000,
      leaseToken: crypto.randomUUID(),
    });
  };
  const [row] = await person.database.sql<{ revision: number; alarm: number }[]>`select revision, alarm from posts`;
  const outcome = await publishPost(
    { ...parts, at, policy: { ...parts.policy, ...QUICK } },
    { postId: post.id, revision: 0, alarm: 0, ...row },
  );
  return outcome.kind;
}

test("an answer that is stored just before the tweet would be sent again keeps it from being sent", async () => {
  expect(await publishWithLateAnswer("before_intent")).toBe("published");

  expect(await judge(scene.sql, scene.world, [post])).toEqual([]);
});

test("an answer that is stored while the tweet is sent again makes X's refusal of the duplicate a success", async () => {
  scene.world.configure({ duplicateWindowMs: null });

  expect(await publishWithLateAnswer("after_intent")).toBe("published");

  expect(await judge(scene.sql, scene.world, [post])).toEqual([]);
});

test("when X takes both, the story and the bill tell of the second copy", async () => {
  expect(await publishWithLateAnswer("after_intent")).toBe("published");

  const [, copy] = scene.world.tweets.inOrder();
  const told = await scene.sql`select detail from events where kind = 'tweet_out' order by id`;
  expect([...told]).toContainEqual({ detail: { tweet: 1, xId: copy?.id, code: "second_copy" } });
  expect([...(await scene.sql`select count(*)::int as n from spend where item = 'tweet'`)]).toEqual([{ n: 2 }]);
});

test("when X takes both and does not answer the second time, psn asks instead of looking for ever", async () => {
  scene.world.addFault({
    match: { method: "POST", path: "/2/tweets", nth: 1 },
    action: { kind: "drop", when: "after" },
  });

  expect(await publishWithLateAnswer("after_intent")).toBe("failed");

  const shown = await scene.person.ok(["show", post.id]);
  const ids = scene.world.tweets.inOrder().map(({ id }) => id);
  expect(shown).toMatchObject({ status: "failed", subStatus: "unconfirmed", failure: { code: "on_x_twice" } });
  for (const id of ids) expect(shown.failure?.message).toContain(id);
});
