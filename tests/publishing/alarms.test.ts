import { expect, test } from "bun:test";
import type { AlarmPayload } from "../../src/core/post/alarm.ts";
import { editTweet } from "../../src/core/post/content.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import { approve } from "../../src/publishing/approve.ts";
import { cancelPost } from "../../src/publishing/cancel.ts";
import { reconcile } from "../../src/publishing/reconcile.ts";
import { publishPost } from "../../src/publishing/run/publish.ts";
import { changeTweets, saveDraft } from "../../src/publishing/write.ts";
import { atX, sceneForEach, stored } from "./scene.ts";

const HOUR_MS = 3_600_000;
const scene = sceneForEach();

async function approved(id: string, at: Date): Promise<AlarmPayload> {
  const plan = () => ({ instant: at, zone: "UTC", wall: "2026-01-01T00:00", late: "ask" as const, notAfter: null });
  const { seal } = await stored(scene, { id });
  const { row } = await approve(scene.parts, parsePostId(id), seal, { event: "scheduled", plan });
  return { postId: row.id, revision: row.revision, alarm: row.alarm };
}

async function armed(text: string, at = new Date()): Promise<AlarmPayload> {
  const { id } = await saveDraft(scene.parts, { texts: [text], numbered: false, images: [] });
  return await approved(id, at);
}

test("eight runs of one alarm at the same instant make one tweet", async () => {
  const alarm = await armed("Only once.");

  const outcomes = await Promise.all(Array.from({ length: 8 }, () => publishPost(scene.parts, alarm)));

  expect(atX(scene)).toEqual(["Only once."]);
  expect(outcomes.filter(({ kind }) => kind === "published")).toHaveLength(1);
});

test("an alarm that is older than an edit, a cancel or a new time does nothing and says why", async () => {
  const alarm = await armed("Old words.");
  const id = parsePostId(alarm.postId);
  await changeTweets(scene.parts, id, (content) => editTweet(content, 1, "New words."));
  expect(await publishPost(scene.parts, alarm)).toEqual({
    kind: "stale",
    why: "the post was changed after this alarm was set",
  });

  const second = await approved(id, new Date(Date.now() + 2 * HOUR_MS));
  await cancelPost(scene.parts, id, 0);
  expect((await publishPost(scene.parts, second)).kind).toBe("stale");
  expect(atX(scene)).toEqual([]);
});

test("a post whose run was never noted is armed again, by ten at once exactly once, and goes out", async () => {
  const alarm = await armed("Nearly forgotten.", new Date(Date.now() + HOUR_MS));
  // As if the process had died between the commit and the arming.
  await scene.sql`update posts set run_id = null, updated_at = now() - interval '1 minute'`;
  await scene.sql`delete from pgboss.job`;
  await scene.sql`update posts set alarm_at = now(), scheduled_at = now()`;

  const rounds = await Promise.all(Array.from({ length: 10 }, () => reconcile(scene.parts)));

  expect(rounds.reduce((sum, { rearmed }) => sum + rearmed, 0)).toBe(1);
  await scene.letWorkersIn();
  await scene.person.psn("status");
  await scene.person.until(alarm.postId, ({ status }) => status === "published");
  expect(atX(scene)).toEqual(["Nearly forgotten."]);
});

test("the command line that dies right after its commit loses nothing: row and alarm are one transaction", async () => {
  const alarm = await armed("Kept.", new Date(Date.now() + 60_000));
  const jobs = await scene.sql<
    { data: AlarmPayload; state: string }[]
  >`select data, state from pgboss.job where name = 'publish-post'`;
  expect([...jobs]).toEqual([{ data: alarm, state: "created" }]);
});

test("a post that is half an hour late is not sent silently: it is marked as missed, and asks", async () => {
  const late = await armed("Yesterday's news.", new Date(Date.now() - 31 * 60_000));

  expect((await publishPost(scene.parts, late)).kind).toBe("failed");

  const data = await scene.person.ok(["show", late.postId]);
  expect(data).toMatchObject({ status: "failed", subStatus: "missed", failure: { code: "missed" } });
  expect((await scene.person.ok("status")).attention).toContainEqual(
    expect.objectContaining({ code: "missed", post: late.postId }),
  );
  expect(atX(scene)).toEqual([]);
});

test("what was changed behind psn's back is not what was approved, and is not sent", async () => {
  const alarm = await armed("Approved words.");
  await scene.sql`update tweets set text = 'Other words.'`;

  await publishPost(scene.parts, alarm);

  expect(atX(scene)).toEqual([]);
  expect((await stored(scene, { id: alarm.postId })).row.failure?.code).toBe("seal_mismatch");
});

test("a live lease is left alone, and the run says until when", async () => {
  const alarm = await armed("Held elsewhere.");
  await scene.sql`update posts set status = 'publishing', lease_token = gen_random_uuid(), lease_until = now() + interval '10 seconds'`;

  const outcome = await publishPost(scene.parts, alarm);

  expect(outcome.kind).toBe("held");
  expect(atX(scene)).toEqual([]);
});
