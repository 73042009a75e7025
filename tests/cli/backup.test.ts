import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { png } from "../support/images.ts";
import { Person } from "../support/person.ts";

let person: Person;
let later: Person;
beforeEach(async () => {
  [person, later] = await Promise.all([Person.arrive(), Person.arrive({ signedIn: false })]);
});
afterEach(() => Promise.all([person.leave(), later.leave()]));

const file = () => join(person.home, "posts.backup.gz");

test("what was written comes back whole in an empty database, and nothing of it goes out by itself", async () => {
  const picture = join(person.home, "a picture.png");
  writeFileSync(picture, png(8, 6, [1, 2, 3]));
  await person.publish("Out.\n---\nWith tabs\tand \\backslashes\\ and ümlauts 🎉");
  const draft = await person.draft("A draft.", "--image", `${picture}=Three, two, one`);
  const due = await person.draft("Due soon.");
  await person.ok(["schedule", due.id, "--expect", due.seal, "--at", "tomorrow 9am"]);

  const backup = await person.ok(["setup", "backup", file()]);
  expect(backup).toMatchObject({ posts: 3, file: file() });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  const text = gunzipSync(readFileSync(file())).toString();
  for (const secret of ["psn1.", "sandbox-secret", "PSN_ENCRYPTION_KEY"]) expect(text).not.toContain(secret);

  const restored = await later.ok(["setup", "restore", file()]);
  expect(restored.posts).toBe(3);
  for (const { id } of [draft, due]) {
    const [before, after] = await Promise.all([person.ok(["show", id]), later.ok(["show", id])]);
    expect(after.tweets).toEqual(before.tweets);
    expect(after.seal).toBe(before.seal);
  }
  expect(await later.ok(["show", due.id])).toMatchObject({ status: "draft", scheduledAt: expect.any(String) });
  const [sums] = await later.database.sql<{ bytes: string; spent: string }[]>`
    select (select sum(length(bytes)) from media_chunks) as bytes, (select sum(micro_usd) from spend) as spent`;
  expect(sums).toEqual({ bytes: String(png(8, 6, [1, 2, 3]).length), spent: "30000" });

  await later.signIn();
  const post = await later.ok(["show", draft.id]);
  expect((await later.psn(["publish", post.id, "--expect", post.seal, "--wait", "--json"])).exit).toBe(0);
});

test("a backup goes into an empty database only, and a file that is none is refused", async () => {
  await person.draft("Here already.");
  await person.ok(["setup", "backup", file()]);
  const full = await person.psn(["setup", "restore", file(), "--json"]);
  expect([full.exit, full.json.error.code]).toEqual([7, "wrong_state"]);
  const twice = await person.psn(["setup", "backup", file(), "--json"]);
  expect([twice.exit, twice.json.error.code]).toEqual([5, "file_unreadable"]);
  expect((await person.ok(["setup", "backup", file(), "--replace"])).posts).toBe(1);

  const whole = readFileSync(file());
  for (const bytes of [Buffer.from("not a backup"), whole.subarray(0, whole.length / 2), Buffer.alloc(0)]) {
    const bad = join(later.home, "bad.gz");
    writeFileSync(bad, bytes);
    const ran = await later.psn(["setup", "restore", bad, "--json"]);
    expect([ran.exit, ran.json.error.code]).toEqual([5, "file_unreadable"]);
    expect(await later.database.sql`select 1 from posts`).toHaveLength(0);
  }
  expect((await later.psn(["setup", "restore", join(later.home, "none.gz"), "--json"])).json.error.code).toBe(
    "file_unreadable",
  );
  const nowhere = await person.psn(["setup", "backup", join(person.home, "no", "folder.gz"), "--json"]);
  expect(nowhere.json.ok).toBe(false);
  expect(existsSync(join(person.home, "no"))).toBe(false);
});
