import { afterAll, beforeAll, expect, test } from "bun:test";
import { Person } from "../support/person.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive();
});
afterAll(() => person.leave());

test("a cancelled post is a draft again, keeps its words, and does not go out", async () => {
  const { id, seal } = await person.draft("Second thoughts.");
  await person.ok(["schedule", id, "--expect", seal, "--at", "in 6 seconds"]);

  const cancelled = await person.ok(["cancel", id]);

  expect(cancelled).toMatchObject({ status: "draft", result: "draft", seal, tweets: [{ text: "Second thoughts." }] });
  await Bun.sleep(7_000);
  expect((await person.control.state()).attempts).toEqual([]);
});

test("cancelling a thread that is going out stops it before its next tweet, and says what is out", async () => {
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets" },
    times: "always",
    action: { kind: "delay", ms: 700 },
  });
  const { id, seal } = await person.draft(["A.", "B.", "C.", "D.", "E.", "F."].join("\n---\n"));
  await person.ok(["publish", id, "--expect", seal]);
  await person.until(id, ({ tweets }) => tweets[0].state === "sent");

  const cancelled = await person.psn(["cancel", id, "--json"]);

  expect(cancelled.exit).toBe(8);
  expect(cancelled.json.data).toMatchObject({ status: "failed", subStatus: "thread_partial", result: "stopped" });
  const out = cancelled.json.data.tweets.filter((tweet: { state: string }) => tweet.state === "sent").length;
  await Bun.sleep(1_500);
  const { tweets } = await person.control.state();
  expect(tweets).toHaveLength(out);
  expect(out).toBeLessThan(6);
  await person.control.run("clearFaults", {});
});

test("a published post can't be cancelled, scheduled, published or edited", async () => {
  const { json } = await person.publish("Done is done.");
  const { id, seal } = json.data;
  const before = (await person.control.state()).attempts.length;

  const refused = await Promise.all([
    person.psn(["cancel", id, "--json"]),
    person.psn(["publish", id, "--expect", seal, "--json"]),
    person.psn(["schedule", id, "--expect", seal, "--at", "tomorrow 9am", "--json"]),
    person.psn(["edit", id, "--tweet", "1", "--stdin", "--json"], { stdin: "Undone." }),
  ]);

  expect(refused.map(({ exit }) => exit)).toEqual([7, 7, 7, 7]);
  expect((await person.control.state()).attempts).toHaveLength(before);
});

test("cancelling a thread while X answers that its limit is reached ends it at once, not when the limit resets", async () => {
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets", nth: 2 },
    times: 1,
    action: {
      kind: "hold",
      when: "before",
      next: { kind: "answer", status: 429, body: { title: "Too Many Requests", status: 429 } },
    },
  });
  const { id, seal } = await person.draft("Before.\n---\nLimited.\n---\nNever.");
  await person.ok(["publish", id, "--expect", seal]);
  await person.control.until(({ faults }) => faults.some(({ holding }) => holding === 1));

  const cancelling = person.psn(["cancel", id, "--json"]);
  await person.until(id, ({ story }) => story.some(({ what }: { what: string }) => what.startsWith("asked to stop")));
  await person.control.run("release", {});

  const { exit, json } = await cancelling;
  expect([exit, json.data.status, json.data.subStatus]).toEqual([8, "failed", "thread_partial"]);
});
