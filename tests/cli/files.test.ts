import { afterAll, beforeAll, expect, test } from "bun:test";
import { truncateSync } from "node:fs";
import { join } from "node:path";
import { gif, png } from "../core/media/pictures.ts";
import { Person } from "../support/person.ts";
import { ask, expectOutcomes } from "./outside.ts";
import { storedIn } from "./stored.ts";

let person: Person;
let id: string;
const at = (name: string) => join(person.home, name);
beforeAll(async () => {
  person = await Person.arrive({ signedIn: false, manyInOne: true });
  ({ id } = await person.draft("Look at this."));
  await Promise.all([
    Bun.write(at("good.png"), png(2, 2)),
    Bun.write(at("text.txt"), "A text."),
    Bun.write(at("empty.png"), ""),
    Bun.write(at("notes.png"), "no image at all"),
    Bun.write(at("paper.pdf"), "%PDF-1.7\n"),
    Bun.write(at("moving.gif"), gif(2, 2, 2)),
    Bun.write(at("cut.png"), png(2, 2).subarray(0, 50)),
    Bun.write(at("heavy.png"), png(1000, 1000, new Uint8Array(0))),
    Bun.write(at("huge.png"), png(2, 2)),
    Bun.write(at("a=b.png"), png(3, 3)),
  ]);
  // A sound picture with 6 MB behind its end, and one that is larger than anything worth reading.
  await Bun.write(at("heavy.png"), Buffer.concat([png(2, 2), new Uint8Array(6 * 1024 * 1024)]));
  truncateSync(at("huge.png"), 200 * 1024 * 1024);
  Bun.spawnSync(["mkfifo", at("pipe")]);
});
afterAll(() => person.leave());

test("what is no readable file is told so, for texts and for images, and leaves nothing behind", async () => {
  const before = await storedIn(person);
  const unreadable = [
    "/nowhere/at/all",
    person.home,
    "/dev/zero",
    at("pipe"),
    at("text.txt/more"),
    `/${"x".repeat(5_000)}`,
  ];
  await expectOutcomes(
    person,
    [
      ...unreadable.map((path) => ["draft", "--file", path]),
      ...unreadable.slice(0, 2).map((path) => ["draft", "--file", at("text.txt"), "--image", `${path}=alt`]),
      ...unreadable.slice(2, 4).map((path) => ["attach", id, path, "--tweet", "1"]),
    ].map((line) => ({ line, ends: "5 file_unreadable" })),
  );
  expect(await storedIn(person)).toEqual(before);
});

test("what X would not take as an image is refused before it is stored", async () => {
  const before = await storedIn(person);
  const attach = (name: string, ends: string) => ({ line: ["attach", id, at(name), "--tweet", "1"], ends });
  const good = ["--image", at("good.png")];
  await expectOutcomes(person, [
    attach("empty.png", "5 image_invalid"),
    attach("notes.png", "5 image_invalid"),
    attach("paper.pdf", "5 image_invalid"),
    attach("moving.gif", "5 image_invalid"),
    attach("cut.png", "5 image_invalid"),
    attach("heavy.png", "5 image_too_large"),
    attach("huge.png", "5 image_too_large"),
    { line: ["attach", id, at("good.png"), "--tweet", "2"], ends: "5 tweet_not_found" },
    { line: ["attach", id, at("good.png"), "--tweet", "1", "--alt", "é".repeat(1_001)], ends: "5 alt_too_long" },
    {
      line: ["draft", "--file", at("text.txt"), "--image", `${at("good.png")}=${"x".repeat(1_001)}`],
      ends: "5 alt_too_long",
    },
    {
      line: ["draft", "--file", at("text.txt"), ...good, ...good, ...good, ...good, ...good],
      ends: "5 too_many_images",
    },
    { line: ["draft", "--file", at("text.txt"), ...good, "--image", at("notes.png")], ends: "5 image_invalid" },
  ]);
  expect(await storedIn(person)).toEqual(before);
});

test("four images go to one tweet, and a fifth is refused", async () => {
  const good = ["--image", `${at("good.png")}=Two grey pixels`];
  const { id: full } = await person.ok(["draft", "--file", at("text.txt"), ...good, ...good, ...good, ...good]);
  await expectOutcomes(person, [{ line: ["attach", full, at("good.png"), "--tweet", "1"], ends: "5 too_many_images" }]);
  const { tweets, cost } = await person.ok(`show ${full}`);
  expect(tweets[0]?.media).toMatchObject(
    Array(4).fill({ file: "good.png", type: "image/png", width: 2, alt: "Two grey pixels" }),
  );
  expect(cost.usd).toBeCloseTo(0.015 + 4 * 0.005);
});

test("an alt text may hold equals signs, and so may a file's name", async () => {
  const { tweets } = await person.ok([
    "draft",
    "--file",
    at("text.txt"),
    "--image",
    `${at("good.png")}=a = b`,
    "--image",
    at("a=b.png"),
  ]);
  expect(tweets[0]?.media).toMatchObject([
    { file: "good.png", alt: "a = b" },
    { file: "a=b.png", alt: "" },
  ]);
});

test("a thousand emoji are an alt text that X takes, and four of them still fit an answer", async () => {
  const image = ["--image", `${at("good.png")}=${"🦊".repeat(1_000)}`];
  const { json } = await ask(person, ["draft", "--file", at("text.txt"), ...image, ...image, ...image, ...image]);
  expect(json.data.tweets).toMatchObject([{ cut: true, text: "A text." }]);
  const rows = await person.database
    .sql`select distinct char_length(alt) as n from media where tweet_id in (select id from tweets where post_id = ${json.data.id})`;
  expect(rows).toMatchObject([{ n: 1_000 }]);
});
