import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { Person } from "../support/person.ts";
import { envelopeOf } from "../support/printed/index.ts";
import { ask, type Expectation, expectOutcomes, say } from "./outside.ts";
import { storedIn } from "./stored.ts";

let person: Person;
let id: string;
beforeAll(async () => {
  person = await Person.arrive({ signedIn: false, manyInOne: true });
  ({ id } = await person.draft("Keep me.\n---\nAnd me."));
});
afterAll(() => person.leave());

/** Each as a new draft, in the place of a post, and as one tweet of it. */
const everyWay = (stdin: string | Uint8Array, ends: string): Expectation[] =>
  ["draft --stdin", `draft --replace ${id} --stdin`, `edit ${id} --tweet 2 --stdin`].map((line) => ({
    line,
    stdin,
    ends,
  }));

test("a text that can't be posted is refused with its reason, and what was there stays as it was", async () => {
  const before = await storedIn(person);
  await expectOutcomes(person, [
    ...everyWay("", "5 empty_text"),
    ...everyWay(" \t\r\n \u00a0\u3000\u200b\ufeff ", "5 empty_text"),
    ...everyWay("a\u0000b", "5 text_invalid"),
    { line: "draft --stdin", stdin: "\n---\n\n---\n", ends: "5 empty_text" },
    { line: "draft --stdin", stdin: "a\uffffb", ends: "5 text_invalid" },
    { line: "draft --stdin", stdin: Buffer.from("ff00fe", "hex"), ends: "5 text_invalid" },
    // Half a surrogate pair, as careless programs write it; a text cut inside a character; UTF-16.
    { line: "draft --stdin", stdin: Buffer.from("61eda0bd62", "hex"), ends: "5 text_invalid" },
    { line: "draft --stdin", stdin: Buffer.from("c3a9c3", "hex"), ends: "5 text_invalid" },
    { line: "draft --stdin", stdin: Buffer.from("\ufeffhello", "utf16le"), ends: "5 text_invalid" },
    { line: "draft --stdin", stdin: "word ".repeat(1024 * 1024), ends: "5 text_too_large" },
  ]);
  expect(await storedIn(person)).toEqual(before);
});

test("it names the line and the column of a character that it refuses", async () => {
  const { json } = await ask(person, "draft --stdin", { stdin: "One.\r\nTwo \u0000." });
  expect(json.error).toMatchObject({ line: 2, column: 5, character: "U+0000" });
});

test("byte order marks, Windows line ends and composed letters are made regular", async () => {
  const { json } = await ask(person, "draft --stdin", { stdin: "\ufeffCafe\u0301\r\nau lait\rnoir\r\n" });
  expect(json.data.tweets).toMatchObject([{ text: "Café\nau lait\nnoir", length: 17 }]);
});

test("a text of a megabyte becomes a draft, and every page of it can be read", async () => {
  const text = Array.from({ length: 120_000 }, (_, i) => `word${i}`).join(" ");
  const file = join(person.home, "long.txt");
  await Bun.write(file, text);
  const { json } = await ask(person, `draft --file ${file}`);
  const { id: long, pages, warnings } = json.data;
  expect(text.length).toBeGreaterThan(1_000_000);
  expect(warnings).toMatchObject([{ code: "long_thread" }]);
  const last = await ask(person, `show ${long} --page ${pages}`);
  expect(last.json.data.tweets.at(-1)?.text).toEndWith("word119999");

  const { stdout } = await say(person, `show ${long}`);
  expect(stdout.length).toBeGreaterThan(text.length);
  expect(stdout).toContain("word119999");
});

test("one tweet of a megabyte is kept whole, shown in part, and can't be approved", async () => {
  const { id: one } = await person.draft("Short.");
  const text = "x".repeat(1_000_000);
  const { json } = await ask(person, `edit ${one} --tweet 1 --stdin`, { stdin: text });
  expect(json.data.tweets).toMatchObject([{ length: 1_000_000, cut: true }]);
  expect(json.data.warnings).toMatchObject([{ code: "too_long" }]);
  expect(await person.database.sql`select length(text) from tweets where post_id = ${one}`).toMatchObject([
    { length: 1_000_000 },
  ]);
  await expectOutcomes(person, [{ line: `publish ${one} --expect ${json.data.seal}`, ends: "5 tweet_too_long" }]);
});

test("a stdin without an end is not read for ever", async () => {
  const child = Bun.spawn(
    [process.execPath, "--no-env-file", join(import.meta.dir, "../../src/cli/post.ts"), "draft", "--stdin", "--json"],
    {
      env: person.env,
      stdin: Bun.file("/dev/zero"),
      stdout: "pipe",
    },
  );
  expect(envelopeOf("draft", await new Response(child.stdout).text()).error.code).toBe("text_too_large");
  expect(await child.exited).toBe(5);
});
