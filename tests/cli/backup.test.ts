import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { until } from "../../bench/support/stage.ts";
import { png } from "../support/images.ts";
import { Person } from "../support/person.ts";
import { envelopeOf } from "../support/printed/index.ts";
import { PROJECT } from "../support/run-psn.ts";
import { killedAt, start } from "./midway.ts";

let person: Person;
let later: Person;
beforeEach(async () => {
  [person, later] = await Promise.all([Person.arrive({ manyInOne: true }), Person.arrive({ signedIn: false })]);
});
afterEach(() => Promise.all([person.leave(), later.leave()]));

const file = () => join(person.home, "posts.backup.gz");
/** Parts of backups that were not finished. */
const leftIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(".part"));

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
    // What was scheduled is a draft that keeps its time.
    expect(after).toMatchObject({ status: "draft", scheduledAt: before.scheduledAt });
  }
  const [sums] = await later.database.sql<{ bytes: string; spent: string }[]>`
    select (select sum(length(bytes)) from media_chunks) as bytes, (select sum(micro_usd) from spend) as spent`;
  expect(sums).toEqual({ bytes: String(png(8, 6, [1, 2, 3]).length), spent: "30000" });

  await later.beSignedIn();
  expect((await later.psn(["publish", draft.id, "--expect", draft.seal, "--wait", "--json"])).exit).toBe(0);
});

test("a backup goes into an empty database only, and a file that is none is refused", async () => {
  await person.draft("Here already.");
  await person.ok(["setup", "backup", file()]);
  const full = await person.run(["setup", "restore", file(), "--json"]);
  expect([full.exit, full.json.error.code]).toEqual([7, "wrong_state"]);
  const twice = await person.run(["setup", "backup", file(), "--json"]);
  expect([twice.exit, twice.json.error.code]).toEqual([5, "file_unreadable"]);
  expect((await person.ok(["setup", "backup", file(), "--replace"])).posts).toBe(1);

  const whole = readFileSync(file());
  const text = gunzipSync(whole).toString();
  // In the middle of a table's rows, and of one row.
  const brokenOff = [text.indexOf("Here already."), text.lastIndexOf("\\.")].map((at) => gzipSync(text.slice(0, at)));
  const damaged = gzipSync("psn-backup 1\nnot what follows\n");
  const half = whole.subarray(0, whole.length / 2);
  for (const bytes of [Buffer.from("not a backup"), half, Buffer.alloc(0), damaged, ...brokenOff]) {
    const bad = join(later.home, "bad.gz");
    writeFileSync(bad, bytes);
    const ran = await later.psn(["setup", "restore", bad, "--json"]);
    expect([ran.exit, ran.json.error.code]).toEqual([5, "file_unreadable"]);
    expect(await later.database.sql`select 1 from posts`).toHaveLength(0);
  }
  expect((await later.psn(["setup", "restore", join(later.home, "none.gz"), "--json"])).json.error.code).toBe(
    "file_unreadable",
  );
});

test("a folder that is not there, and a disk that takes no more, are told in a sentence and leave nothing", async () => {
  const missing = join(person.home, "no");
  const nowhere = await person.run(["setup", "backup", join(missing, "folder.gz"), "--json"]);
  expect(nowhere.exit).toBe(3);
  expect(nowhere.json.error).toMatchObject({
    code: "state_unwritable",
    message: `There is no folder ${JSON.stringify(missing)}.`,
    next: "make that folder, or name another file, then run the command again",
  });
  expect(existsSync(missing)).toBe(false);

  const { id } = await person.draft("With a long story.");
  // What does not get smaller when it is packed.
  await person.database.sql`
    insert into events (post_id, kind, detail)
    select ${id}, 'edited', jsonb_build_object('x', md5(n::text)) from generate_series(1, 4000) n`;
  // The kernel refuses to let a file grow past 4 kB, as a full disk does.
  const shell = `trap '' XFSZ; ulimit -f 8; exec "$@"`;
  const command = [process.execPath, "--no-env-file", join(PROJECT, "src/cli/setup.ts"), "backup", file(), "--json"];
  const full = Bun.spawn(["/bin/sh", "-c", shell, "sh", ...command], {
    env: person.env,
    cwd: person.home,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { error } = envelopeOf("setup backup", await new Response(full.stdout).text());
  expect([await full.exited, error.code]).toEqual([3, "state_unwritable"]);
  expect(error.message).toContain(file());
  expect(leftIn(person.home)).toEqual([]);
});

test("killed while it writes it leaves the backup of before, and killed while it reads the empty database", async () => {
  await person.draft("The first.");
  await person.ok(["setup", "backup", file()]);
  const before = readFileSync(file());
  await person.draft("The second.");

  await killedAt(
    person,
    ["setup", "backup", file(), "--replace"],
    (tx) => tx`lock table media_chunks in access exclusive mode`,
  );
  expect(readFileSync(file()).equals(before)).toBe(true);
  expect(leftIn(person.home)).toHaveLength(1);
  // The next one takes away what was left.
  expect((await person.ok(["setup", "backup", file(), "--replace"])).posts).toBe(2);
  expect(leftIn(person.home)).toEqual([]);

  const stored = async () => {
    const [row] = await later.database.sql<{ n: number }[]>`
      select ((select count(*) from posts) + (select count(*) from accounts))::int as n`;
    return row?.n;
  };
  for (const table of ["accounts", "spend"]) {
    await killedAt(later, ["setup", "restore", file()], (tx) => tx`lock table ${tx(table)} in exclusive mode`);
    expect([table, await stored()]).toEqual([table, 0]);
  }
  // Right after the commit everything is there.
  const last = start(later, ["setup", "restore", file()]);
  await until("it is there", async () => (await stored()) !== 0);
  last.kill("SIGKILL");
  await last.exited;
  expect(await stored()).toBe(3);
});
