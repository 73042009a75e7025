import { afterEach, beforeEach, expect, test } from "bun:test";
import { Person } from "../support/person.ts";

let person: Person;
beforeEach(async () => {
  person = await Person.arrive();
});
afterEach(() => person.leave());

const TEXT = ["One.", "Two.", "Three.", "Four.", "Five."].join("\n---\n");

const living = async () => (await person.control.state()).tweets.filter(({ deleted }) => !deleted);

/** A thread of which three tweets are out when the last of them vanishes from X. */
async function brokenThread(old = true): Promise<{ id: string; seal: string }> {
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets", nth: 4 },
    times: 1,
    action: {
      kind: "answer",
      status: 400,
      body: { title: "Invalid Request", detail: "Refused once.", type: "about:blank", status: 400 },
    },
  });
  const { data } = (await person.publish(TEXT)).json;
  expect(data).toMatchObject({ status: "failed", subStatus: "thread_partial" });
  await person.control.run("deleteTweet", { id: data.tweets[2].id });
  // Older than the time that X may need to show a tweet.
  if (old) await person.database.sql`update tweets set sent_at = now() - interval '10 minutes' where state = 'sent'`;
  const stopped = await person.psn(["retry", data.id, "--expect", data.seal, "--wait", "--json"]);
  expect(stopped.exit).toBe(8);
  expect(stopped.json.data.failure.code).toBe("parent_gone");
  return { id: data.id, seal: data.seal };
}

test("a thread whose last tweet is gone from X stops, and offers three ways on with what they cost", async () => {
  const { id, seal } = await brokenThread();

  const { choices } = await person.ok(["show", id]);

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

  const ran = await person.psn(["retry", id, "--expect", seal, "--from", "last-living", "--wait", "--json"]);

  expect(ran.json.data.status).toBe("published");
  const tweets = await living();
  expect(tweets.map(({ text }) => text)).toEqual(["One.", "Two.", "Four.", "Five."]);
  expect(tweets[2]?.parent).toBe(tweets[1]?.id ?? "");
  expect(tweets[3]?.parent).toBe(tweets[2]?.id ?? "");
  expect(ran.json.data.tweets.map(({ state }: { state: string }) => state)).toEqual([
    "sent",
    "sent",
    "deleted",
    "sent",
    "sent",
  ]);
});

test("a parent that went out a moment ago is waited for, until the person says that it is gone", async () => {
  const { id, seal } = await brokenThread(false);

  const ran = await person.psn(["retry", id, "--expect", seal, "--from", "last-living", "--wait", "--json"]);

  expect(ran.json.data.status).toBe("published");
  expect((await living()).map(({ text }) => text)).toEqual(["One.", "Two.", "Four.", "Five."]);
}, 90_000);

test("who tries again has all tries again", async () => {
  const busy = {
    status: 400,
    body: { title: "Bad", detail: "Requests with bodies must have content-type of application/json.", status: 400 },
  };
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets" },
    times: 5,
    action: { kind: "answer", ...busy },
  });
  const failed = await person.publish("Five refusals.");
  expect(failed.json.data.status).toBe("failed");
  const { id, seal } = failed.json.data;
  expect((await person.psn(["retry", id, "--expect", seal, "--wait", "--json"])).json.data.status).toBe("published");
}, 90_000);

test("as a new thread the rest begins anew", async () => {
  const { id, seal } = await brokenThread();

  const ran = await person.psn(["retry", id, "--expect", seal, "--from", "new-thread", "--wait", "--json"]);

  expect(ran.json.data.status).toBe("published");
  const tweets = await living();
  expect(tweets.map(({ text }) => text)).toEqual(["One.", "Two.", "Four.", "Five."]);
  expect(tweets[2]?.parent ?? null).toBeNull();
  expect(tweets[3]?.parent).toBe(tweets[2]?.id ?? "");
});

test("when every tweet that is out is gone, the last living is none: it says so and sends nothing", async () => {
  const { id, seal } = await brokenThread();
  for (const { id: tweet } of await living()) await person.control.run("deleteTweet", { id: tweet });

  const ran = await person.psn(["retry", id, "--expect", seal, "--from", "last-living", "--wait", "--json"]);

  expect(ran.json.data).toMatchObject({ status: "failed", failure: { code: "parent_gone" } });
  expect(await living()).toEqual([]);
});

test("retry wants the seal of what is there, and a post that stopped or waits", async () => {
  const { id, seal } = await person.draft("Not yet.");
  const draft = await person.psn(["retry", id, "--expect", seal, "--json"]);
  expect([draft.exit, draft.json.error.code]).toEqual([7, "wrong_state"]);
  const wrong = await person.psn(["retry", id, "--expect", "00000000", "--json"]);
  expect([wrong.exit, wrong.json.error.code]).toEqual([7, "seal_mismatch"]);
  const nowhere = await person.psn(["retry", id, "--expect", seal, "--from", "anywhere", "--json"]);
  expect([nowhere.exit, nowhere.json.error.code]).toEqual([2, "usage"]);
});

test("the rest of a thread that is partly out may be edited: a new seal, and only that goes out", async () => {
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets", nth: 3 },
    times: 1,
    action: {
      kind: "answer",
      status: 403,
      body: { title: "Forbidden", detail: "This is not allowed.", type: "about:blank", status: 403 },
    },
  });
  const { id, seal } = await person.draft("One.\n---\nTwo.\n---\nThree.");
  await person.psn(["publish", id, "--expect", seal, "--wait", "--json"]);
  await person.database.sql`update posts set alarm_at = now() where status = 'scheduled'`;
  await person.psn(["cancel", id, "--json"]);
  const edited = await person.ok(["edit", id, "--tweet", "3", "--stdin"], { stdin: "Three, but better." });
  expect(edited.seal).not.toBe(seal);

  const old = await person.psn(["retry", id, "--expect", seal, "--json"]);
  expect(old.json.error.code).toBe("seal_mismatch");
  const ran = await person.psn(["retry", id, "--expect", edited.seal, "--wait", "--json"]);

  expect(ran.json.data.status).toBe("published");
  expect((await living()).map(({ text }) => text)).toEqual(["One.", "Two.", "Three, but better."]);
});
