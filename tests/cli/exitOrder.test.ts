import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { Person } from "../support/person.ts";
import { apart, ask, atOnce, expectOutcomes, outcomeOf, say } from "./outside.ts";

/** Commands with several things wrong at once: what is told is the first of usage, post, content, conflict, set-up, sign-in. */

const NOBODY = "p00000000";
const NO_DATABASE = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" };
const NO_ZONE = { PSN_TIMEZONE: undefined };
const OTHER_ENGINE = { PSN_ENGINE: "trigger" };

let person: Person;
let stranger: Person;
beforeAll(async () => {
  [person, stranger] = await Promise.all([
    Person.arrive({ manyInOne: true }),
    Person.arrive({ signedIn: false, manyInOne: true }),
  ]);
});
afterAll(() => Promise.all([person.leave(), stranger.leave()]));

test.concurrent("a misuse comes first, then a post that does not exist, then what it was given", async () => {
  const { id } = await person.draft("Here I am.");
  await expectOutcomes(person, [
    { line: "edit nonsense --tweet 0 --file /nowhere", ends: "2 usage" },
    { line: "edit nonsense --tweet 1", ends: "2 usage" },
    { line: "edit nonsense --tweet 1 --file /nowhere", ends: "6 post_not_found" },
    { line: `edit ${NOBODY} --tweet 1 --file /nowhere`, ends: "6 post_not_found" },
    { line: `edit ${NOBODY} --tweet 99 --stdin`, stdin: "", ends: "6 post_not_found" },
    { line: `edit ${id} --tweet 99 --stdin`, stdin: "", ends: "5 empty_text" },
    { line: "draft --replace nonsense", ends: "2 usage" },
    { line: "draft --replace nonsense --file /nowhere", ends: "6 post_not_found" },
    { line: `draft --replace ${NOBODY} --file /nowhere`, ends: "6 post_not_found" },
    { line: `draft --replace ${id} --file /nowhere`, ends: "5 file_unreadable" },
    { line: `attach ${NOBODY} /nowhere --tweet 1`, ends: "6 post_not_found" },
    { line: `attach ${id} /nowhere --tweet 99`, ends: "5 file_unreadable" },
    { line: `split ${NOBODY} --tweet 9 --at -1`, ends: "2 usage" },
    { line: `show ${NOBODY} --page 99`, ends: "6 post_not_found" },
    { line: `schedule ${NOBODY} --expect x --at rubbish`, ends: "6 post_not_found" },
  ]);
});

test.concurrent("content and time come before the seal, the seal before the set-up, the set-up before the sign-in", async () => {
  const { id, seal } = await stranger.draft("Nobody is signed in.");
  const { id: long } = await stranger.draft("Too long.");
  await stranger.ok(`edit ${long} --tweet 1 --stdin`, { stdin: "x".repeat(281) });
  await expectOutcomes(stranger, [
    { line: `schedule ${long} --expect wrong --at rubbish`, ends: "5 tweet_too_long" },
    { line: `publish ${long} --expect wrong`, ends: "5 tweet_too_long" },
    { line: `schedule ${id} --expect wrong --at rubbish`, ends: "5 time_invalid" },
    { line: `schedule ${id} --expect wrong --at yesterday`, ends: "5 time_past" },
    { line: ["schedule", id, "--expect", "wrong", "--at", "tomorrow 9am"], ends: "7 seal_mismatch" },
    { line: ["schedule", id, "--expect", seal, "--at", "tomorrow 9am"], ends: "4 sign_in_needed" },
    { line: `publish ${id} --expect wrong`, ends: "7 seal_mismatch" },
    { line: `publish ${id} --expect ${seal}`, ends: "4 sign_in_needed" },
    { line: `schedule ${id} --expect wrong`, ends: "2 usage" },
    { line: `schedule ${long} --expect wrong`, ends: "2 usage" },
    { line: ["schedule", id, "--expect", seal, "--at", "tomorrow 9am"], env: NO_ZONE, ends: "3 not_set_up" },
  ]);
});

test.concurrent("a seal that does not fit is told before a time zone or an engine that is missing", async () => {
  const { id, seal } = await stranger.draft("No zone, and another engine.");
  const later = ["--at", "tomorrow 9am"];
  await expectOutcomes(stranger, [
    { line: ["schedule", id, "--expect", "wrong", ...later], env: NO_ZONE, ends: "7 seal_mismatch" },
    { line: ["schedule", id, "--expect", "wrong", ...later], env: OTHER_ENGINE, ends: "7 seal_mismatch" },
    { line: ["schedule", id, "--expect", seal, ...later], env: OTHER_ENGINE, ends: "3 not_set_up" },
    { line: ["publish", id, "--expect", seal], env: OTHER_ENGINE, ends: "3 not_set_up" },
  ]);
});

test.concurrent("without a database what can be checked without one is told first", async () => {
  await expectOutcomes(
    stranger,
    [
      { line: "edit nonsense --tweet x --stdin", ends: "2 usage" },
      { line: "show nonsense", ends: "6 post_not_found" },
      { line: `edit ${NOBODY} --tweet 1 --file /nowhere`, ends: "5 file_unreadable" },
      { line: `edit ${NOBODY} --tweet 1 --stdin`, stdin: "", ends: "5 empty_text" },
      { line: "draft --stdin", stdin: "\u0000", ends: "5 text_invalid" },
      { line: "draft --file /nowhere", ends: "5 file_unreadable" },
      { line: `attach ${NOBODY} /nowhere --tweet 1`, ends: "5 file_unreadable" },
      { line: "setup timezone Nowhere/Town", ends: "5 zone_invalid" },
      { line: `show ${NOBODY}`, ends: "3 database_unreachable" },
      { line: "draft --stdin", stdin: "Fine.", ends: "3 database_unreachable" },
      { line: "setup x-auth finish --stdin", stdin: "https://example.com", ends: "3 database_unreachable" },
      { line: "commands", ends: "0" },
    ].map((line) => ({ ...line, env: NO_DATABASE })),
  );
});

test("a tweet that does not exist is told before a state that does not allow the edit", async () => {
  const { json } = await person.publish("It is out.");
  const { id } = json.data;
  await expectOutcomes(person, [
    { line: `edit ${id} --tweet 99 --stdin`, stdin: "Late.", ends: "5 tweet_not_found" },
    { line: `edit ${id} --tweet 1 --stdin`, stdin: "Late.", ends: "7 wrong_state" },
    { line: `publish ${id} --expect wrong`, ends: "7 seal_mismatch" },
    { line: `schedule ${id} --expect wrong --at yesterday`, ends: "5 time_past" },
  ]);
});

test("a sign-in that has ended is told before a tweet that X may have", async () => {
  const { id, seal } = await person.draft("X may have it.");
  const { sql } = person.database;
  await sql`insert into attempts (id, post_id, tweet_id, position, kind, outcome, lease_token, finished_at)
    select ${randomUUID()}, post_id, id, 1, 'tweet', 'ambiguous', ${randomUUID()}, now() from tweets where post_id = ${id}`;
  expect(await outcomeOf(person, `publish ${id} --expect wrong`)).toBe("7 seal_mismatch");
  expect(await outcomeOf(person, `publish ${id} --expect ${seal}`)).toBe("8 unconfirmed");
  expect(await outcomeOf(person, `edit ${id} --tweet 1 --stdin`, { stdin: "Another." })).toBe("8 unconfirmed");

  await sql`update oauth_tokens set dead_code = 'token_dead', dead_since = now()`;
  const dead = await outcomeOf(person, `publish ${id} --expect ${seal}`);
  await sql`update oauth_tokens set dead_code = null, dead_since = null`;
  expect(dead).toBe("4 sign_in_needed");
});

test("what holds a post, and what only part of it got through, have exit codes of their own", async () => {
  await person.control.run("setCredits", { usd: 0 });
  const { id: held, seal } = await person.draft("There are no credits.");
  const own = apart(person);
  const waiting = await ask(own, ["publish", held, "--expect", seal, "--wait"]);
  expect(waiting).toMatchObject({ exit: 9, json: { error: { code: "held" }, data: { subStatus: "out_of_credits" } } });
  await person.control.run("setCredits", { usd: null });
  await person.database.sql`update accounts set hold_code = null, held_until = null`;

  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets", nth: 2 },
    action: { kind: "answer", status: 403, body: { detail: "Tweet contains an invalid URL." } },
  });
  const partly = await person.draft("The first goes out.\n---\nThe second does not.");
  const stopped = await ask(own, ["publish", partly.id, "--expect", partly.seal, "--wait"]);
  expect(stopped).toMatchObject({
    exit: 8,
    json: { error: { code: "partly_out" }, data: { subStatus: "thread_partial" } },
  });
  expect(await outcomeOf(person, `cancel ${partly.id}`)).toBe("7 wrong_state");
});

test("a process of its own ends with the code that is told, and says the same as one of many", async () => {
  const { id } = await person.draft("Whoever asks.");
  const { id: long, seal } = await stranger.draft("Nobody is signed in.");
  const tellings = [
    { who: person, line: `show ${id}`, exit: 0 },
    { who: person, line: `show ${id} --page 0 --json`, exit: 2 },
    { who: person, line: `show ${NOBODY}`, exit: 6 },
    { who: person, line: `edit ${id} --tweet 1 --stdin --json`, stdin: "\u0000", exit: 5 },
    { who: person, line: `publish ${id} --expect wrong`, exit: 7 },
    { who: person, line: `show ${id} --json`, env: NO_DATABASE, exit: 3 },
    { who: stranger, line: `publish ${long} --expect ${seal}`, exit: 4 },
  ];
  await atOnce(tellings, async ({ who, line, exit, ...given }) => {
    const own = await say(apart(who), line, given);
    expect(own.exit, line).toBe(exit);
    expect(await say(who, line, given), line).toEqual(own);
  });
});
