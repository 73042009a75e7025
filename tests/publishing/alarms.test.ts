import { afterEach, beforeEach, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import type { AlarmPayload } from "../../src/core/post/alarm.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import { loadPost } from "../../src/db/posts.ts";
import { approve } from "../../src/publishing/approve.ts";
import type { PressParts } from "../../src/publishing/parts.ts";
import { reconcile } from "../../src/publishing/reconcile.ts";
import { publishPost } from "../../src/publishing/run/publish.ts";
import { saveDraft } from "../../src/publishing/write.ts";
import { Person } from "../support/person.ts";
import { pressOf } from "../support/press.ts";

let person: Person;
let parts: PressParts;
let close: () => Promise<void>;
beforeEach(async () => {
  person = await Person.arrive();
  const opened = await pressOf(person);
  parts = opened.parts;
  close = () => opened.session.close();
});
afterEach(async () => {
  await close();
  await person.leave();
});

async function armed(text: string, at = new Date()): Promise<AlarmPayload> {
  const draft = await saveDraft(parts, { texts: [text], numbered: false, images: [] });
  const plan = () => ({ instant: at, zone: "UTC", wall: "2026-01-01T00:00", late: "ask" as const, notAfter: null });
  const { row } = await approve(parts, draft.id, draft.seal.slice(0, 8), { event: "scheduled", plan });
  return { postId: row.id, revision: row.revision, alarm: row.alarm };
}

const texts = async () => (await person.control.state()).tweets.map((tweet) => tweet.text);

test("eight runs of one alarm at the same instant make one tweet", async () => {
  const alarm = await armed("Only once.");

  const outcomes = await Promise.all(Array.from({ length: 8 }, () => publishPost(parts, alarm)));

  expect(await texts()).toEqual(["Only once."]);
  expect(outcomes.filter(({ kind }) => kind === "published")).toHaveLength(1);
});

test("an alarm that is older than an edit, a cancel or a new time does nothing and says why", async () => {
  const alarm = await armed("Old words.");
  const id = alarm.postId;
  await person.ok(["edit", id, "--tweet", "1", "--stdin"], { stdin: "New words." });
  expect(await publishPost(parts, alarm)).toEqual({
    kind: "stale",
    why: "the post was changed after this alarm was set",
  });

  const { seal } = await person.ok(["show", id]);
  await person.ok(["schedule", id, "--expect", seal, "--at", "in 2 hours"]);
  const { row } = await loadPost(parts.orm, parsePostId(id));
  const second = { postId: id, revision: row.revision, alarm: row.alarm };
  await person.ok(["cancel", id]);
  expect((await publishPost(parts, second)).kind).toBe("stale");
  expect(await texts()).toEqual([]);
});

test("a post whose run was never noted is armed again, by ten at once exactly once, and goes out", async () => {
  const alarm = await armed("Nearly forgotten.", new Date(Date.now() + 3_600_000));
  // As if the process had died between the commit and the arming.
  await parts.orm.execute(sql`update posts set run_id = null, updated_at = now() - interval '1 minute'`);
  await parts.orm.execute(sql`delete from pgboss.job`);
  await parts.orm.execute(sql`update posts set alarm_at = now(), scheduled_at = now()`);

  const rounds = await Promise.all(Array.from({ length: 10 }, () => reconcile(parts)));

  expect(rounds.reduce((sum, { rearmed }) => sum + rearmed, 0)).toBe(1);
  await person.psn("status");
  await person.until(alarm.postId, ({ status }) => status === "published");
  expect(await texts()).toEqual(["Nearly forgotten."]);
});

test("the command line that dies right after its commit loses nothing: row and alarm are one transaction", async () => {
  const alarm = await armed("Kept.", new Date(Date.now() + 60_000));
  const jobs = await parts.orm.execute<{ data: AlarmPayload; state: string }>(
    sql`select data, state from pgboss.job where name = 'publish-post'`,
  );
  expect([...jobs]).toEqual([{ data: alarm, state: "created" }]);
});

test("a post that is half an hour late is not sent silently: it is marked as missed, and asks", async () => {
  const late = await armed("Yesterday's news.", new Date(Date.now() - 31 * 60_000));

  expect((await publishPost(parts, late)).kind).toBe("failed");

  const data = await person.ok(["show", late.postId]);
  expect(data).toMatchObject({ status: "failed", subStatus: "missed", failure: { code: "missed" } });
  expect((await person.ok("status")).attention).toContainEqual(
    expect.objectContaining({ code: "missed", post: late.postId }),
  );
  expect(await texts()).toEqual([]);
});

test("what was changed behind psn's back is not what was approved, and is not sent", async () => {
  const alarm = await armed("Approved words.");
  await parts.orm.execute(sql`update tweets set text = 'Other words.'`);

  await publishPost(parts, alarm);

  expect(await texts()).toEqual([]);
  expect((await person.ok(["show", alarm.postId])).failure.code).toBe("seal_mismatch");
});

test("a live lease is left alone, and the run says until when", async () => {
  const alarm = await armed("Held elsewhere.");
  await parts.orm.execute(
    sql`update posts set status = 'publishing', lease_token = gen_random_uuid(), lease_until = now() + interval '10 seconds'`,
  );

  const outcome = await publishPost(parts, alarm);

  expect(outcome.kind).toBe("held");
  expect(await texts()).toEqual([]);
});
