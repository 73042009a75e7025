import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { imageFile } from "../support/images.ts";
import { Person } from "../support/person.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true });
});
afterAll(() => person.leave());

const FIVE = ["One.", "Two.", "Three.", "Four.", "Five."].join("\n---\n");

test("a thread goes out in its order, each tweet under the one before it", async () => {
  const ran = await person.publish(FIVE);

  expect(ran.exit).toBe(0);
  const { tweets } = await person.control.state();
  expect(tweets.map((tweet) => tweet.text)).toEqual(["One.", "Two.", "Three.", "Four.", "Five."]);
  expect(tweets.map((tweet) => tweet.parent)).toEqual([null, ...tweets.slice(0, -1).map((tweet) => tweet.id)]);
  expect(ran.json.data.tweets.map(({ id }) => id)).toEqual(tweets.map((tweet) => tweet.id));
});

test("images reach X with their bytes, their order and their alt texts, on the tweet they were given to", async () => {
  const red = imageFile(person.home, "red.png", [200, 30, 30]);
  const blue = imageFile(person.home, "blue=sea.png", [30, 30, 200]);
  const drafted = await person.draft(
    "With pictures.\n---\nAnd one below.",
    "--image",
    `${red}=A red field`,
    "--image",
    blue,
  );
  expect(drafted.warnings).toContainEqual(expect.objectContaining({ code: "no_alt_text", tweet: 1 }));
  const green = imageFile(person.home, "green.png", [30, 200, 30]);
  const { id, seal } = await person.ok(["attach", drafted.id, green, "--tweet", "2", "--alt", "A green field"]);
  expect(seal).not.toBe(drafted.seal);

  const ran = await person.psn(["publish", id, "--expect", seal, "--wait", "--json"]);

  expect(ran.exit).toBe(0);
  const { tweets } = await person.control.state();
  const [first, second] = tweets.slice(-2);
  const digest = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
  expect(first?.media.map(({ sha256, alt }) => ({ sha256, alt }))).toEqual([
    { sha256: digest(red), alt: "A red field" },
    { sha256: digest(blue), alt: null },
  ]);
  expect(second?.media.map(({ sha256, alt }) => ({ sha256, alt }))).toEqual([
    { sha256: digest(green), alt: "A green field" },
  ]);
});

test("a refusal in the middle stops the thread, keeps what is out, and an edit of the rest goes on below it", async () => {
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets", bodyIncludes: "Broken second" },
    times: "always",
    action: {
      kind: "answer",
      status: 403,
      body: {
        title: "Forbidden",
        type: "about:blank",
        status: 403,
        detail: "You are not allowed to create a Tweet with duplicate content.",
      },
    },
  });
  const stopped = await person.publish("Whole first.\n---\nBroken second.\n---\nWhole third.");
  expect(stopped.exit).toBe(8);
  const { id, status, subStatus, tweets, failure } = stopped.json.data;
  expect({ status, subStatus, code: failure?.code }).toEqual({
    status: "failed",
    subStatus: "thread_partial",
    code: "duplicate",
  });
  expect(tweets.map(({ state }) => state)).toEqual(["sent", "unsent", "unsent"]);

  expect((await person.psn(["edit", id, "--tweet", "1", "--stdin", "--json"], { stdin: "Changed." })).exit).toBe(7);
  const edited = await person.ok(["edit", id, "--tweet", "2", "--stdin"], { stdin: "Mended second." });
  const resumed = await person.psn(["publish", id, "--expect", edited.seal, "--wait", "--json"]);

  expect(resumed.exit).toBe(0);
  const atX = (await person.control.state()).tweets.slice(-3);
  expect(atX.map((tweet) => tweet.text)).toEqual(["Whole first.", "Mended second.", "Whole third."]);
  expect(atX.map((tweet) => tweet.parent)).toEqual([null, atX[0]?.id ?? "", atX[1]?.id ?? ""]);
});
