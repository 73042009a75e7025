import { afterAll, beforeAll, expect, test } from "bun:test";
import { Person } from "../support/person.ts";
import { ask, expectOutcomes } from "./outside.ts";
import { storedIn } from "./stored.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ signedIn: false, manyInOne: true });
});
afterAll(() => person.leave());

test("a tweet's number that is none is a misuse, and one that the post lacks is no tweet; nothing changes", async () => {
  const { id } = await person.draft("One.\n---\nTwo.");
  const before = await storedIn(person);
  const commands = [
    "merge ID --tweet N",
    "remove ID --tweet N",
    "move ID --tweet 1 --to N",
    "move ID --tweet N --to 1",
    "split ID --tweet N --at 2",
    "detach ID --tweet N",
    "alt ID --tweet N --alt x",
  ];
  const lines = (n: string, ends: string) =>
    commands.map((line) => ({ line: line.replace("ID", id).replace("N", n), ends }));
  await expectOutcomes(person, [
    ...lines("0", "2 usage"),
    ...["-1", "1.5", "abc", "01", "9999999"].map((n) => ({ line: `edit ${id} --tweet ${n} --stdin`, ends: "2 usage" })),
    { line: ["remove", id, "--tweet", ""], ends: "2 usage" },
    ...lines("99", "5 tweet_not_found"),
    { line: `merge ${id} --tweet 2`, ends: "5 tweet_not_found" },
  ]);
  expect(await storedIn(person)).toEqual(before);
});

test.concurrent("an id that no post can have, or that none has, is no post", async () => {
  await expectOutcomes(
    person,
    ["x", "p1234567i", "../../etc", "' or 1=1", "p00000000"].map((id) => ({
      line: ["show", id],
      ends: "6 post_not_found",
    })),
  );
  const { id } = await person.draft("Typed in capitals.");
  await expectOutcomes(person, [{ line: `show ${id.toUpperCase()}`, ends: "0" }]);
});

test.concurrent("a thread can't lose its only tweet, and a merge takes no more images than a tweet may have", async () => {
  const { id } = await person.draft("Alone.");
  await expectOutcomes(person, [{ line: `remove ${id} --tweet 1`, ends: "5 empty_text" }]);
});

test("a cut inside a link, a name or a character is refused with the nearest place that works", async () => {
  const text = "See https://example.com/a/b and @somebody 👩‍👩‍👧‍👦 now";
  const { id } = await person.draft(text);
  const family = text.indexOf("👩");
  const before = await storedIn(person);
  const at = (offset: number | string) => ({ line: `split ${id} --tweet 1 --at ${offset}`, ends: "5 text_invalid" });
  await expectOutcomes(person, [
    at(0),
    at(text.length),
    at(999_999_999),
    at(10),
    at(text.indexOf("@") + 3),
    at(family + 2),
    { line: `split ${id} --tweet 1 --at -1`, ends: "2 usage" },
    { line: `split ${id} --tweet 1 --at 9999999999`, ends: "2 usage" },
  ]);
  expect(await storedIn(person)).toEqual(before);

  const { json } = await ask(person, `split ${id} --tweet 1 --at ${family + 2}`);
  expect(json.error.nearest).toBe(family);
  const { tweets } = await person.ok(`split ${id} --tweet 1 --at ${json.error.nearest}`);
  expect(tweets).toMatchObject([{ text: "See https://example.com/a/b and @somebody" }, { text: "👩‍👩‍👧‍👦 now" }]);
});

test.concurrent("split and merge undo each other", async () => {
  const { id, seal } = await person.draft("One two three four.");
  const cut = await person.ok(`split ${id} --tweet 1 --at 8`);
  expect(cut.tweets).toMatchObject([
    { n: 1, text: "One two" },
    { n: 2, text: "three four." },
  ]);
  expect(cut.seal).not.toBe(seal);
  expect(await person.ok(`merge ${id} --tweet 1`)).toMatchObject({ tweets: [{ text: "One two three four." }], seal });
});
