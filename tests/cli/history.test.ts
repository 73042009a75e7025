import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { png } from "../support/images.ts";
import { Person } from "../support/person.ts";
import { killedAt } from "./midway.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true });
});
afterAll(() => person.leave());

const versionsOf = async (id: string) => (await person.ok(["history", id])).versions;
const textsOf = ({ tweets }: { tweets: { text: string }[] }) => tweets.map(({ text }) => text);

function picture(name: string, red: number): string {
  const path = join(person.home, name);
  writeFileSync(path, png(8, 6, [red, 2, 3]));
  return path;
}

test("every change makes a version, and each can be seen and put back, images and alt texts included", async () => {
  const draft = await person.draft("One.\n---\nTwo.\n---\nThree.", "--image", `${picture("a.png", 1)}=A square`);
  const { id } = draft;
  await person.ok(["edit", id, "--tweet", "2", "--stdin"], { stdin: "Second." });
  await person.ok(["alt", id, "--tweet", "1", "--alt", "A red square"]);
  const bare = await person.ok(["detach", id, "--tweet", "1"]);
  await person.ok(["merge", id, "--tweet", "2"]);
  const other = await person.draft("All new.", "--replace", id);

  const versions = await versionsOf(id);
  expect(versions.map(({ n, how, tweets, images, current }) => [n, how, tweets, images, current])).toEqual([
    [6, "replaced by another text", 1, 0, true],
    [5, "edited", 2, 0, false],
    [4, "edited", 3, 0, false],
    [3, "edited", 3, 1, false],
    [2, "edited", 3, 1, false],
    [1, "written", 3, 1, false],
  ]);
  expect(versions.map(({ seal }) => seal)).toEqual([
    other.seal,
    expect.any(String),
    bare.seal,
    expect.any(String),
    expect.any(String),
    draft.seal,
  ]);
  const third = await person.ok(["history", id, "--version", "3"]);
  expect(textsOf(third)).toEqual(["One.", "Second.", "Three."]);
  expect(third.tweets[0]?.media).toMatchObject([{ file: "a.png", alt: "A red square" }]);

  // By its seal it is the very same again.
  const back = await person.ok(["revert", id, "--to", "1"]);
  expect([back.seal, back.tweets]).toEqual([draft.seal, draft.tweets]);
  const between = await person.ok(["revert", id, "--to", "3"]);
  expect(textsOf(between)).toEqual(["One.", "Second.", "Three."]);
  expect(between.tweets[0]?.media).toMatchObject([{ alt: "A red square" }]);
  expect((await versionsOf(id)).slice(0, 2).map(({ n, how }) => [n, how])).toEqual([
    [8, "put back"],
    [7, "put back"],
  ]);
  expect((await person.ok(["show", id])).story.at(-1)?.what).toBe("put back to version 3");

  const published = await person.run(["publish", id, "--expect", between.seal, "--wait", "--json"]);
  expect(published.exit).toBe(0);
  expect((await person.control.state()).tweets.map(({ text }) => text)).toEqual(["One.", "Second.", "Three."]);
  const late = await person.run(["revert", id, "--to", "1", "--json"]);
  expect([late.exit, late.json.error.code]).toEqual([7, "wrong_state"]);
  expect((await versionsOf(id)).find(({ approved }) => approved)?.n).toBe(8);

  // What was taken back from X may be put back, too: as tweets that X has not seen.
  await person.ok(["undo", id, "--expect", between.seal]);
  await person.until(id, ({ status }) => status === "draft");
  expect((await person.ok(["revert", id, "--to", "1"])).seal).toBe(draft.seal);
  expect((await person.run(["publish", id, "--expect", draft.seal, "--wait", "--json"])).exit).toBe(0);
});

test("putting back takes a scheduled post off its time, except when it is that version already", async () => {
  const { id, seal } = await person.draft("At nine.");
  const edited = await person.ok(["edit", id, "--tweet", "1", "--stdin"], { stdin: "At ten." });
  await person.ok(["schedule", id, "--expect", edited.seal, "--at", "in 2 hours"]);

  expect(await person.ok(["revert", id, "--to", "2"])).toMatchObject({ status: "scheduled", seal: edited.seal });
  expect(await versionsOf(id)).toHaveLength(2);

  const { scheduledAt } = await person.ok(["show", id]);
  expect(await person.ok(["revert", id, "--to", "1"])).toMatchObject({ status: "draft", seal, scheduledAt });
  const old = await person.run(["schedule", id, "--expect", edited.seal, "--json"]);
  expect([old.exit, old.json.error.code]).toEqual([7, "seal_mismatch"]);
});

test("what is out stays: a version that begins otherwise is refused, one that goes on otherwise is not", async () => {
  const { id } = await person.draft("First.\n---\nLast.");
  const good = await person.ok(["edit", id, "--tweet", "2", "--stdin"], { stdin: "Refused by X." });
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets", bodyIncludes: "Refused by X." },
    action: { kind: "answer", status: 403, body: { detail: "Tweet contains an invalid URL." } },
  });
  const partly = await person.run(["publish", id, "--expect", good.seal, "--wait", "--json"]);
  expect(partly.exit).toBe(8);

  const reverted = await person.ok(["revert", id, "--to", "1"]);
  expect(textsOf(reverted)).toEqual(["First.", "Last."]);
  expect(reverted.tweets.map(({ state }) => state)).toEqual(["sent", "unsent"]);
  expect((await person.run(["publish", id, "--expect", reverted.seal, "--wait", "--json"])).exit).toBe(0);
  const [first, last] = (await person.control.state()).tweets.slice(-2);
  expect([last?.text, last?.parent]).toEqual(["Last.", first?.id ?? ""]);

  const other = await person.draft("Begins so.\n---\nGoes on.");
  const changed = await person.ok(["edit", other.id, "--tweet", "1", "--stdin"], { stdin: "Begins otherwise." });
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets", bodyIncludes: "Goes on." },
    action: { kind: "answer", status: 403, body: { detail: "Tweet contains an invalid URL." } },
  });
  expect((await person.run(["publish", other.id, "--expect", changed.seal, "--wait", "--json"])).exit).toBe(8);
  const refused = await person.run(["revert", other.id, "--to", "1", "--json"]);
  expect([refused.exit, refused.json.error.code]).toEqual([7, "wrong_state"]);
  expect(refused.json.error.message).toBe("Tweet 1 is out, and that version has others in their place.");
  expect(await versionsOf(other.id)).toHaveLength(2);
});

test("a revert that is killed before its last word has put nothing back, and can be asked for again", async () => {
  const { id, seal } = await person.draft("Was so.");
  const edited = await person.ok(["edit", id, "--tweet", "1", "--stdin"], { stdin: "Is so." });
  await person.ok(["schedule", id, "--expect", edited.seal, "--at", "in 2 hours"]);
  const before = await person.ok(["show", id]);

  for (const table of ["versions", "events"]) {
    await killedAt(person, ["revert", id, "--to", "1"], (tx) => tx`lock table ${tx(table)} in exclusive mode`);
    expect(await person.ok(["show", id])).toEqual(before);
    expect(await versionsOf(id)).toHaveLength(2);
  }

  expect(await person.ok(["revert", id, "--to", "1"])).toMatchObject({ status: "draft", seal });
});

test("a version that there is not, and numbers that are none, are told; nothing changes", async () => {
  const { id, seal } = await person.draft("Only one.");
  for (const [line, outcome] of [
    [["revert", id, "--to", "2"], "5 version_not_found"],
    [["history", id, "--version", "2"], "5 version_not_found"],
    [["revert", id, "--to", "0"], "2 usage"],
    [["revert", id], "2 usage"],
    [["history", id, "--page", "2"], "2 usage"],
    [["history", "p00000000"], "6 post_not_found"],
    [["revert", "p00000000", "--to", "1"], "6 post_not_found"],
  ] as const) {
    const { exit, json } = await person.run([...line, "--json"]);
    expect(`${exit} ${json.error.code}`).toBe(outcome);
  }
  expect((await person.ok(["show", id])).seal).toBe(seal);
});

test("a long history is paged for programs and whole for people, and no control character of a text is shown", async () => {
  const { id } = await person.draft("Start.");
  const text = `\u001b[31mred ${"ü".repeat(200)}`;
  await person.database.sql`
    insert into versions (post_id, n, how, numbered, tweets)
    select ${id}, n, 'edited', false, jsonb_build_array(jsonb_build_object('id', gen_random_uuid(), 'text', ${text}::text, 'images', '[]'::jsonb))
    from generate_series(2, 40) n`;
  const first = await person.run(["history", id, "--json"]);
  expect(first.stdout.length).toBeLessThan(10_000);
  expect(Buffer.byteLength(first.stdout)).toBeLessThan(10_000);
  expect([first.json.data.page, first.json.data.pages]).toEqual([1, 2]);
  const second = await person.ok(["history", id, "--page", "2"]);
  const numbers = [...first.json.data.versions, ...second.versions].map(({ n }) => n);
  expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => 40 - index));
  const { stdout } = await person.run(["history", id]);
  expect(stdout.match(/^ {0,2}\d+ {2}/gm)).toHaveLength(40);
  expect(stdout).not.toContain("\u001b[31m");
  expect(stdout).toContain(`psn revert ${id} --to 1`);
});
