import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { openDatabase } from "../../src/db/connection.ts";
import { png } from "../support/images.ts";
import { Person } from "../support/person.ts";
import { PROJECT } from "../support/run-psn.ts";

/** How many migrations a psn had that kept no versions. */
const BEFORE_VERSIONS = 2;
const KNOWN = "as it was when psn began to keep versions";
const ID = "pk3v9x2m7";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true });
});
afterAll(() => person.leave());

/** Makes the tables anew as an earlier psn had them. */
async function goBack(): Promise<void> {
  const folder = join(person.home, "drizzle");
  cpSync(join(PROJECT, "drizzle"), folder, { recursive: true });
  const path = join(folder, "meta", "_journal.json");
  const journal = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, BEFORE_VERSIONS) }));
  const { sql } = person.database;
  await sql.unsafe("drop schema public cascade; create schema public; drop schema drizzle cascade");
  const database = openDatabase({ url: person.database.url }, { max: 1 });
  await migrate(database.orm, { migrationsFolder: folder });
  await database.close();
}

/** A post of two tweets, the second with an image, in the tables of that psn. */
async function writeThen(): Promise<void> {
  const { sql } = person.database;
  const bytes = png(8, 6, [1, 2, 3]);
  await sql`insert into posts (id, numbered) values (${ID}, true)`;
  await sql`insert into tweets (post_id, position, text) values (${ID}, 1, 'One.'), (${ID}, 2, 'Two.')`;
  const [image] = await sql<{ id: string }[]>`
    insert into media (tweet_id, position, file_name, mime, width, height, size, sha256, alt)
    select id, 1, 'a.png', 'image/png', 8, 6, ${bytes.length}, 'none', 'A square' from tweets where position = 2
    returning id`;
  await sql`insert into media_chunks (media_id, index, bytes) values (${image?.id ?? ""}, 0, ${bytes})`;
}

/** The version that it is known from is there with its image, and can be put back when the image was taken off. */
async function expectVersions(its: Person): Promise<void> {
  const { versions } = await its.ok(["history", ID]);
  expect(versions).toMatchObject([{ n: 1, how: KNOWN, tweets: 2, images: 1, seal: null, text: "One.", current: true }]);
  const { tweets, seal } = await its.ok(["show", ID]);
  await its.ok(["detach", ID, "--tweet", "2"]);
  await its.ok(["remove", ID, "--tweet", "1"]);
  const back = await its.ok(["revert", ID, "--to", "1"]);
  expect([back.seal, back.tweets]).toEqual([seal, tweets]);
  expect(back.tweets[1]).toMatchObject({ text: "Two. 2/2", media: [{ file: "a.png", alt: "A square" }] });
}

test("posts of a psn that kept no versions have one after psn setup database, from which they can be put back", async () => {
  await goBack();
  await writeThen();

  const told = await person.run("status --json");
  expect(told.json.data.attention[0]).toMatchObject({ code: "database_not_migrated", next: "psn setup database" });
  await person.ok("setup database");

  await expectVersions(person);
});

test("a backup of that psn can be restored, and its posts have a version too", async () => {
  const file = join(person.home, "now.gz");
  await person.ok(["setup", "backup", file]);
  const lines = gunzipSync(readFileSync(file)).toString().split("\n");
  const older = lines.slice(
    0,
    lines.indexOf('{"table":"versions","columns":["post_id","n","at","how","numbered","tweets","seal"]}'),
  );
  const header = JSON.parse(older[1] ?? "");
  older[1] = JSON.stringify({ ...header, migration: header.migration - 1 });
  const at = older.findIndex((line) => line.startsWith('{"table":"media",'));
  const { table, columns } = JSON.parse(older[at] ?? "");
  const without = columns.indexOf("post_id");
  older[at] = JSON.stringify({ table, columns: columns.toSpliced(without, 1) });
  for (let row = at + 1; older[row] !== "\\."; row++)
    older[row] = (older[row] ?? "").split("\t").toSpliced(without, 1).join("\t");
  const old = join(person.home, "old.gz");
  writeFileSync(old, gzipSync(`${older.join("\n")}\n`));

  const later = await Person.arrive({ signedIn: false, manyInOne: true });
  try {
    expect((await later.ok(["setup", "restore", old])).posts).toBe(1);
    await expectVersions(later);
  } finally {
    await later.leave();
  }
});
