import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { png } from "../core/media/pictures.ts";
import { Person } from "../support/person.ts";
import { SPRING } from "./dates.ts";
import { ask, atOnce, expectOutcomes, outcomeOf, say } from "./outside.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true });
  await Promise.all([1, 2, 3, 4].map((n) => Bun.write(join(person.home, `${n}.png`), png(n, n))));
});
afterAll(() => person.leave());

type View = { seal: string; tweets: { text: string; media: { width: number }[] }[] };
const textsOf = ({ tweets }: View) => tweets.map(({ text }) => text);
const imagesOf = ({ tweets }: View) => tweets.map(({ media }) => media.map(({ width }) => width).join(" "));

test.concurrent("every change makes another seal, and the same content has the same one", async () => {
  const first = await person.draft("One.\n---\nTwo.\n---\nThree.");
  const { id } = first;
  const seals = [first.seal];
  const change = async (
    command: "edit" | "move" | "merge" | "split" | "remove" | "attach",
    how: string,
    stdin = "",
  ) => {
    const view = await person.ok(`${command} ${id} ${how}`, { stdin });
    expect(seals).not.toContain(view.seal);
    seals.push(view.seal);
    return view;
  };
  expect(textsOf(await change("edit", "--tweet 2 --stdin", "Two and a half."))).toEqual([
    "One.",
    "Two and a half.",
    "Three.",
  ]);
  expect(textsOf(await change("move", "--tweet 3 --to 1"))).toEqual(["Three.", "One.", "Two and a half."]);
  expect(textsOf(await change("merge", "--tweet 2"))).toEqual(["Three.", "One. Two and a half."]);
  expect(textsOf(await change("split", "--tweet 2 --at 12"))).toEqual(["Three.", "One. Two and", "a half."]);
  expect(textsOf(await change("remove", "--tweet 3"))).toEqual(["Three.", "One. Two and"]);
  await change("attach", "1.png --tweet 1");
  await change("attach", "1.png --tweet 2 --alt here");
  // Back to the very first content, and to its seal.
  const again = await person.ok(`draft --replace ${id} --stdin`, { stdin: "One.\n---\nTwo.\n---\nThree." });
  expect(again).toMatchObject({ id, seal: first.seal });
});

test.concurrent("images go where their tweet goes", async () => {
  const { id } = await person.draft("One.\n---\nTwo.\n---\nThree.", "--image", "1.png=first");
  await person.ok(`attach ${id} 2.png --tweet 2`);
  await person.ok(`attach ${id} 3.png --tweet 3`);
  const moved = await person.ok(`move ${id} --tweet 1 --to 3`);
  expect([textsOf(moved), imagesOf(moved)]).toEqual([
    ["Two.", "Three.", "One."],
    ["2", "3", "1"],
  ]);
  expect(imagesOf(await person.ok(`merge ${id} --tweet 2`))).toEqual(["2", "3 1"]);
  expect(imagesOf(await person.ok(`split ${id} --tweet 2 --at 6`))).toEqual(["2", "3 1", ""]);
  expect(imagesOf(await person.ok(`move ${id} --tweet 3 --to 1`))).toEqual(["", "2", "3 1"]);
  expect(imagesOf(await person.ok(`remove ${id} --tweet 2`))).toEqual(["", "3 1"]);
  const { sql } = person.database;
  const rows =
    await sql`select alt from media join tweets t on t.id = tweet_id where t.post_id = ${id} order by media.position`;
  expect(rows.map((row) => row["alt"])).toEqual(["", "first"]);
});

test.concurrent("an image can be taken off, and described anew: another seal each time", async () => {
  const first = await person.draft("One.\n---\nTwo.", "--image", "1.png=first", "--image", "2.png=second");
  const { id } = first;
  const altsOf = ({ tweets }: { tweets: { media: { alt: string }[] }[] }) =>
    tweets.map(({ media }) => media.map(({ alt }) => alt));
  await expectOutcomes(person, [
    { line: `detach ${id} --tweet 1`, ends: "5 image_not_found" },
    { line: `detach ${id} --tweet 1 --image 3`, ends: "5 image_not_found" },
    { line: `detach ${id} --tweet 2`, ends: "5 image_not_found" },
    { line: `detach ${id} --tweet 3`, ends: "5 tweet_not_found" },
    { line: `alt ${id} --tweet 1 --alt both`, ends: "5 image_not_found" },
    { line: `alt ${id} --tweet 1 --image 0 --alt none`, ends: "2 usage" },
    { line: ["alt", id, "--tweet", "1", "--image", "1", "--alt", "é".repeat(1_001)], ends: "5 alt_too_long" },
    { line: ["alt", "p00000000", "--tweet", "1", "--alt", "é".repeat(1_001)], ends: "6 post_not_found" },
  ]);
  expect((await person.ok(`show ${id}`)).seal).toBe(first.seal);

  const described = await person.ok(["alt", id, "--tweet", "1", "--image", "2", "--alt", "It's the second"]);
  expect(altsOf(described)).toEqual([["first", "It's the second"], []]);
  const off = await person.ok(`detach ${id} --tweet 1 --image 1`);
  expect([imagesOf(off), altsOf(off)]).toEqual([
    ["2", ""],
    [["It's the second"], []],
  ]);
  const bare = await person.ok(["alt", id, "--tweet", "1", "--alt", ""]);
  expect(altsOf(bare)).toEqual([[""], []]);
  const none = await person.ok(`detach ${id} --tweet 1`);
  expect(imagesOf(none)).toEqual(["", ""]);
  expect(new Set([first, described, off, bare, none].map(({ seal }) => seal)).size).toBe(5);
  const { sql } = person.database;
  const left = await sql`
    select (select count(*) from media join tweets t on t.id = tweet_id where t.post_id = ${id})::int as images`;
  expect([...left]).toEqual([{ images: 0 }]);
});

test.concurrent("X is given the alt text that was approved, also where it had the image with another before", async () => {
  const mark = "Described twice.";
  const { id, seal } = await person.draft(mark, "--image", "1.png=old");
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets", bodyIncludes: mark },
    times: 1,
    action: { kind: "answer", status: 403, body: { detail: "Tweet contains an invalid URL." } },
  });
  expect(await outcomeOf(person, `publish ${id} --expect ${seal} --wait`)).toBe("8 publish_failed");
  const changed = await person.ok(["alt", id, "--tweet", "1", "--alt", "new"]);
  expect(await outcomeOf(person, `publish ${id} --expect ${seal} --wait`)).toBe("7 seal_mismatch");
  expect(await outcomeOf(person, `publish ${id} --expect ${changed.seal} --wait`)).toBe("0");
  const tweet = (await person.control.state()).tweets.find(({ text }) => text.startsWith(mark));
  expect(tweet?.media.map(({ alt }) => alt)).toEqual(["new"]);
});

test.concurrent("two tweets whose images don't fit one can't be merged", async () => {
  const image = ["--image", "1.png"];
  const { id, seal } = await person.draft("One.\n---\nTwo.", ...image, ...image, ...image);
  await person.ok(`attach ${id} 2.png --tweet 2`);
  const { seal: full } = await person.ok(`attach ${id} 3.png --tweet 2`);
  await expectOutcomes(person, [{ line: `merge ${id} --tweet 1`, ends: "5 too_many_images" }]);
  expect(await person.ok(`show ${id}`)).toMatchObject({ seal: full });
  expect(full).not.toBe(seal);
});

test.concurrent("counters follow every change, and are part of what is counted and sealed", async () => {
  const { id, tweets } = await person.draft("One.\n---\nTwo.\n---\nThree.", "--numbered");
  expect(tweets.map(({ text }) => text)).toEqual(["One. 1/3", "Two. 2/3", "Three. 3/3"]);
  expect(tweets[0]?.length).toBe("One. 1/3".length);
  expect(textsOf(await person.ok(`move ${id} --tweet 3 --to 1`))).toEqual(["Three. 1/3", "One. 2/3", "Two. 3/3"]);
  expect(textsOf(await person.ok(`remove ${id} --tweet 2`))).toEqual(["Three. 1/2", "Two. 2/2"]);
  expect(textsOf(await person.ok(`merge ${id} --tweet 1`))).toEqual(["Three. Two."]);
});

test.concurrent("a scheduled post that is changed is a draft with its time kept, and is armed again at that time", async () => {
  const changes = [
    (id: string) => `edit ${id} --tweet 1 --stdin` as const,
    (id: string) => `attach ${id} 1.png --tweet 1` as const,
    (id: string) => `draft --replace ${id} --stdin` as const,
  ];
  await atOnce(changes, async (lineFor) => {
    const { id, seal } = await person.draft("One.\n---\nTwo.");
    const armed = await person.ok(["schedule", id, "--expect", seal, "--at", SPRING.wall, "--late", "publish"]);
    expect(armed).toMatchObject({ status: "scheduled", scheduledAt: SPRING.instant });
    const line = lineFor(id);
    const changed = await person.ok(line, { stdin: "Changed." });
    expect(changed, line).toMatchObject({
      id,
      status: "draft",
      subStatus: null,
      scheduledAt: armed.scheduledAt,
      zone: "Europe/Madrid",
    });
    const jobs = await person.database.sql`select state from pgboss.job where data->>'postId' = ${id}`;
    expect(jobs.map((job) => job["state"])).toEqual(["cancelled"]);

    expect(await outcomeOf(person, `schedule ${id} --expect ${seal}`)).toBe("7 seal_mismatch");
    const again = await person.ok(`schedule ${id} --expect ${changed.seal}`);
    expect(again).toMatchObject({
      id,
      status: "scheduled",
      scheduledAt: armed.scheduledAt,
      local: expect.stringContaining(SPRING.local),
    });
  });
});

test.concurrent("an alarm that rings although its post was changed sends nothing; the new seal sends the new text", async () => {
  const { sql } = person.database;
  const { id, seal } = await person.draft("The old text.");
  await person.ok(["schedule", id, "--expect", seal, "--at", SPRING.wall]);
  const { seal: changed } = await person.ok(`edit ${id} --tweet 1 --stdin`, { stdin: "The new text." });
  await sql`update pgboss.job set state = 'created', start_after = now(), completed_on = null where data->>'postId' = ${id}`;
  while ((await sql`select 1 from pgboss.job where data->>'postId' = ${id} and state = 'completed'`).length === 0)
    await Bun.sleep(50);
  expect(await person.ok(`show ${id}`)).toMatchObject({ status: "draft", tweets: [{ state: "unsent" }] });

  // The kept time has passed meanwhile: that is said in the same words as for any other.
  await sql`update posts set scheduled_at = now() - interval '1 hour' where id = ${id}`;
  expect(await outcomeOf(person, `schedule ${id} --expect ${changed}`)).toBe("5 time_past");
  expect(await outcomeOf(person, `publish ${id} --expect ${seal}`)).toBe("7 seal_mismatch");
  expect(await outcomeOf(person, `publish ${id} --expect ${changed} --wait`)).toBe("0");
  const texts = (await person.control.state()).tweets.map(({ text }) => text);
  expect(texts.filter((text) => text.endsWith("text."))).toEqual(["The new text."]);
});

test.concurrent("cancelling keeps content and time, does it once, and can be tried without doing it", async () => {
  const { id, seal } = await person.draft("Changed my mind.");
  await person.ok(["schedule", id, "--expect", seal, "--at", SPRING.wall]);
  expect(await person.ok(`cancel ${id} --dry-run`)).toMatchObject({ status: "scheduled", dryRun: true });
  expect((await person.ok(`show ${id}`)).status).toBe("scheduled");
  expect(await person.ok(`cancel ${id}`)).toMatchObject({
    status: "draft",
    scheduledAt: SPRING.instant,
    seal,
    result: "draft",
  });
  expect(await person.ok(`cancel ${id}`)).toMatchObject({ status: "draft", result: "draft" });
});

test.concurrent("a dry run shows what would be and changes nothing", async () => {
  const { id, seal } = await person.draft("Only trying.");
  const at = ["schedule", id, "--expect", seal, "--at", SPRING.wall, "--dry-run"];
  expect(await person.ok(at)).toMatchObject({ status: "draft", dryRun: true, at: SPRING.instant });
  expect((await say(person, at)).stdout).toContain("Nothing was changed (--dry-run).");
  expect(await person.ok(["publish", id, "--expect", seal, "--dry-run"])).toMatchObject({
    status: "draft",
    dryRun: true,
  });
  expect(await person.ok(`show ${id}`)).toMatchObject({ status: "draft", scheduledAt: null });
});

test.concurrent("what is published can't be changed, cancelled, published or scheduled again", async () => {
  const { json } = await person.publish("It is out.\n---\nAll of it.");
  const { id, seal } = json.data;
  const ours = async () => (await person.control.state()).tweets.filter(({ text }) => / out\.|All of/.test(text));
  const before = await ours();
  const later = ["--at", SPRING.wall];
  await expectOutcomes(person, [
    { line: `edit ${id} --tweet 1 --stdin`, stdin: "No.", ends: "7 wrong_state" },
    { line: `split ${id} --tweet 1 --at 2`, ends: "7 wrong_state" },
    { line: `merge ${id} --tweet 1`, ends: "7 wrong_state" },
    { line: `move ${id} --tweet 1 --to 2`, ends: "7 wrong_state" },
    { line: `remove ${id} --tweet 1`, ends: "7 wrong_state" },
    { line: `attach ${id} 1.png --tweet 1`, ends: "7 wrong_state" },
    { line: `detach ${id} --tweet 1`, ends: "7 wrong_state" },
    { line: `alt ${id} --tweet 1 --alt No.`, ends: "7 wrong_state" },
    { line: `draft --replace ${id} --stdin`, stdin: "No.", ends: "7 wrong_state" },
    { line: `cancel ${id}`, ends: "7 wrong_state" },
    { line: `cancel ${id} --dry-run`, ends: "7 wrong_state" },
    { line: `publish ${id} --expect ${seal}`, ends: "7 wrong_state" },
    { line: `publish ${id} --expect ${seal} --dry-run`, ends: "7 wrong_state" },
    { line: ["schedule", id, "--expect", seal, ...later], ends: "7 wrong_state" },
    { line: `schedule ${id} --expect ${seal}`, ends: "5 time_past" },
  ]);
  expect(before).toHaveLength(2);
  expect(await ours()).toEqual(before);
  const { data } = (await ask(person, `show ${id}`)).json;
  expect(data).toMatchObject({
    status: "published",
    tweets: [
      { text: "It is out.", state: "sent" },
      { text: "All of it.", state: "sent" },
    ],
  });
});
