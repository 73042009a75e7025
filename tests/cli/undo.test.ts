import { afterAll, beforeAll, expect, test } from "bun:test";
import { until } from "../../bench/support/stage.ts";
import { imageFile } from "../support/images.ts";
import { Person } from "../support/person.ts";
import { ask, expectOutcomes, outcomeOf, say } from "./outside.ts";
import { storedIn } from "./stored.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true });
});
afterAll(() => person.leave());

const FIVE = ["One.", "Two.", "Three.", "Four.", "Five."];

async function out(text: string, ...options: string[]): Promise<{ id: string; seal: string }> {
  const { json } = await person.publish(text, ...options);
  expect(json.data.status).toBe("published");
  return json.data;
}

/** What is still at X of these texts. */
async function livingOf(texts: readonly string[]): Promise<string[]> {
  const { tweets } = await person.control.state();
  return tweets.flatMap(({ text, deleted }) => (!deleted && texts.includes(text) ? [text] : []));
}

test("undo deletes a thread of five with an image at X, the last tweet first and each once, and tells what it cost", async () => {
  const red = imageFile(person.home, "red.png", [200, 30, 30]);
  const { id, seal } = await out(FIVE.join("\n---\n"), "--image", `${red}=A red field`);
  await person.control.run("addFault", {
    match: { method: "DELETE", path: "/2/tweets/:id" },
    times: 5,
    action: { kind: "hold" },
  });

  const undoing = ask(person, ["undo", id, "--expect", seal, "--wait"]);
  for (let left = 5; left > 0; left--) {
    await person.control.until(({ faults }) => faults.some(({ holding, hits }) => holding === 1 && hits === 6 - left));
    expect(await livingOf(FIVE)).toEqual(FIVE.slice(0, left));
    await person.control.run("release", {});
  }
  const { exit, json } = await undoing;

  expect(exit).toBe(0);
  expect(json.data).toMatchObject({ id, seal, status: "draft", failure: null, undo: { tweets: 5, usd: 0.05 } });
  for (const tweet of json.data.tweets) expect(tweet).toMatchObject({ state: "unsent", id: null, url: null });
  expect(json.data.tweets[0]?.media).toMatchObject([{ file: "red.png", alt: "A red field" }]);
  expect(await livingOf(FIVE)).toEqual([]);
  expect((await person.control.state()).calls["DELETE /2/tweets/:id"]).toBe(5);

  const { story } = await person.ok(["show", id]);
  const told = story.map(({ what }) => what).slice(-7);
  expect(told).toEqual([
    "to be deleted from X, as you asked ($0.05)",
    ...[5, 4, 3, 2, 1].map((n) => `tweet ${n} is deleted from X ($0.01)`),
    "everything that was out is deleted; a draft again ($0.05)",
  ]);
  const whole = await say(person, ["show", id]);
  for (let n = 1; n <= 5; n++) expect(whole.stdout).toContain(`tweet ${n} went out`);
  expect((await person.ok("status")).attention).toEqual([]);
});

test("--dry-run says what would be deleted and what X bills for it, and changes nothing", async () => {
  const { id, seal } = await out("A first.\n---\nA second.");
  const before = await storedIn(person);

  const { exit, json } = await ask(person, ["undo", id, "--expect", seal, "--dry-run"]);
  const people = await say(person, ["undo", id, "--expect", seal, "--dry-run"]);

  expect(exit).toBe(0);
  expect(json.data).toMatchObject({ status: "published", dryRun: true, undo: { tweets: 2, usd: 0.02 } });
  expect(people.stdout).toContain("It would delete 2 tweets, $0.02. Nothing was changed (--dry-run).");
  expect(await storedIn(person)).toEqual(before);
  expect(await livingOf(["A first.", "A second."])).toHaveLength(2);
});

test("without --wait the undo goes on by itself, and the answer says what it deletes", async () => {
  const { id, seal } = await out("Taken back later.");

  const armed = await say(person, ["undo", id, "--expect", seal]);

  expect(armed).toMatchObject({ exit: 0, stderr: "" });
  expect(armed.stdout).toContain("It deletes one tweet, $0.01.");
  await person.until(id, ({ status }) => status === "draft");
  expect(await livingOf(["Taken back later."])).toEqual([]);
});

test("what can't be undone is refused in the order of the exit codes, and changes nothing", async () => {
  const draft = await person.draft("Never sent.");
  const later = await person.draft("Sent tomorrow.");
  await person.ok(["schedule", later.id, "--expect", later.seal, "--at", "tomorrow 9am"]);
  const { id, seal } = await out("It is out.");
  const before = await storedIn(person);
  const OTHER_ENGINE = { PSN_ENGINE: "trigger" };
  await expectOutcomes(person, [
    { line: `undo ${id}`, ends: "2 usage" },
    { line: "undo p00000000 --expect wrong", ends: "6 post_not_found" },
    { line: "undo nonsense --expect wrong", ends: "6 post_not_found" },
    { line: `undo ${id} --expect wrong`, ends: "7 seal_mismatch" },
    { line: `undo ${id} --expect 00000000 --dry-run`, ends: "7 seal_mismatch" },
    { line: `undo ${draft.id} --expect wrong`, ends: "7 seal_mismatch" },
    { line: `undo ${draft.id} --expect ${draft.seal}`, env: OTHER_ENGINE, ends: "7 wrong_state" },
    { line: `undo ${later.id} --expect ${later.seal}`, ends: "7 wrong_state" },
    { line: `undo ${id} --expect ${seal}`, env: OTHER_ENGINE, ends: "3 not_set_up" },
    { line: `undo ${id} --expect ${seal} --dry-run`, env: OTHER_ENGINE, ends: "3 not_set_up" },
  ]);
  const { sql } = person.database;
  await sql`update oauth_tokens set dead_code = 'token_dead', dead_since = now()`;
  const dead = await outcomeOf(person, `undo ${id} --expect ${seal}`);
  await sql`update oauth_tokens set dead_code = null, dead_since = null`;
  expect(dead).toBe("4 sign_in_needed");
  expect(await storedIn(person)).toEqual(before);
});

test("a post that is being published is cancelled first, and one that is being deleted is not asked for again", async () => {
  const texts = ["Going.", "Going on.", "Gone."];
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets", bodyIncludes: "Going on." },
    action: { kind: "hold" },
  });
  const { id, seal } = await person.draft(texts.join("\n---\n"));
  await person.ok(["publish", id, "--expect", seal]);
  await person.control.until(({ faults }) => faults.some(({ holding }) => holding === 1));

  const early = await ask(person, ["undo", id, "--expect", seal]);
  expect(early).toMatchObject({ exit: 7, json: { error: { code: "wrong_state", next: `psn cancel ${id}` } } });

  const cancelling = ask(person, ["cancel", id]);
  await until("the stop is asked for", async () => {
    const [row] = await person.database.sql`select stop_requested as stop from posts where id = ${id}`;
    return row?.["stop"] === true;
  });
  await person.control.run("release", {});
  expect((await cancelling).json.data).toMatchObject({ status: "failed", subStatus: "thread_partial" });

  await person.control.run("addFault", {
    match: { method: "DELETE", path: "/2/tweets/:id" },
    action: { kind: "hold" },
  });
  await person.ok(["undo", id, "--expect", seal]);
  await person.control.until(({ faults }) => faults.some(({ holding }) => holding === 1));
  const again = await ask(person, ["undo", id, "--expect", seal]);
  expect(again).toMatchObject({ exit: 7, json: { error: { code: "wrong_state", next: `psn show ${id}` } } });
  await person.control.run("release", {});

  const undone = await person.until(id, ({ status }) => status === "draft");
  expect(undone.tweets.map(({ text, state }: { text: string; state: string }) => [text, state])).toEqual(
    texts.map((text) => [text, "unsent"]),
  );
  expect(await livingOf(texts)).toEqual([]);
});

test("an undo that waits is tried now when it is asked for again; retry is not the word for it", async () => {
  const { id, seal } = await out("Held up.");
  await person.control.run("setCredits", { usd: 0 });
  const held = await ask(person, ["undo", id, "--expect", seal, "--wait"]);
  expect(held).toMatchObject({ exit: 9, json: { error: { code: "held" }, data: { subStatus: "out_of_credits" } } });
  const next = `psn undo ${id} --expect ${seal}`;
  const retried = await ask(person, ["retry", id, "--expect", seal]);
  expect(retried).toMatchObject({ exit: 7, json: { error: { code: "wrong_state", next } } });

  await person.control.run("setCredits", { usd: null });
  const undone = await ask(person, ["undo", id, "--expect", seal, "--wait"]);

  expect(undone.json.data).toMatchObject({ status: "draft", undo: { tweets: 1, usd: 0.01 } });
  expect(await livingOf(["Held up."])).toEqual([]);
});

test("an undo that X stops says so with --wait, and how it goes on", async () => {
  const { id, seal } = await out("Stays for now.\n---\nGoes at once.");
  await person.control.run("addFault", {
    match: { method: "DELETE", path: "/2/tweets/:id", nth: 2 },
    action: { kind: "answer", status: 400, body: { title: "Invalid Request", detail: "No." } },
  });

  const stopped = await ask(person, ["undo", id, "--expect", seal, "--wait"]);

  const next = `psn undo ${id} --expect ${seal}`;
  expect(stopped).toMatchObject({ exit: 8, json: { error: { code: "partly_out", next } } });
  expect(stopped.json.data.tweets.map(({ state }) => state)).toEqual(["sent", "deleted"]);
  expect((await person.ok("status")).attention).toContainEqual(expect.objectContaining({ post: id }));
  const editing = await ask(person, ["edit", id, "--tweet", "2", "--stdin"], { stdin: "Changed." });
  expect(editing).toMatchObject({ exit: 7, json: { error: { code: "wrong_state" } } });

  expect((await ask(person, ["undo", id, "--expect", seal, "--wait"])).json.data.status).toBe("draft");
});
