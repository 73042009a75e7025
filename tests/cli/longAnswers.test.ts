import { afterAll, beforeAll, expect, test } from "bun:test";
import { Person } from "../support/person.ts";
import { ask, atOnce, say } from "./outside.ts";

/** Callers cut what is longer than 30,000 characters, and JSON that is cut in two is worth nothing: `ask` checks for 10 kB. */

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true, unserved: true });
});
afterAll(() => person.leave());

test("a thread of a hundred tweets, each with all warnings there are, comes in pages that hold each tweet once", async () => {
  const one = "@somebody look at https://example.com/a and $AAPL or $TSLA, 它们都很贵 🦊🦊🦊 ";
  const text = Array.from({ length: 100 }, (_, i) => `${one}${"é".repeat(120)} ${i + 1}`).join("\n---\n");
  const first = await ask(person, "draft --stdin", { stdin: text });
  const { id, pages = 1, tweets } = first.json.data;
  expect(pages).toBeGreaterThan(5);
  const rest = await atOnce(
    Array.from({ length: pages - 1 }, (_, i) => i + 2),
    async (page) => {
      const { data } = (await ask(person, `show ${id} --page ${page}`)).json;
      expect(data).toMatchObject({ id, page, pages, cost: { usd: 20, withLinks: 100 } });
      expect(data.warnings.filter(({ tweet }) => tweet === undefined)).toEqual([]);
      return data;
    },
  );
  const seen = [...tweets, ...rest.flatMap((page) => page.tweets)];
  const warnings = [...first.json.data.warnings, ...rest.flatMap((page) => page.warnings)];
  expect(seen.map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(seen.every(({ text }) => text.startsWith("@somebody"))).toBe(true);
  // A link, a mention at the start and two cashtags each; and one for the length of the thread.
  expect(warnings).toHaveLength(301);
  expect((await say(person, `show ${id} --page 1`)).stdout.match(/@somebody/g)).toHaveLength(100);
  expect((await ask(person, `show ${id} --page ${pages + 1}`)).json.error).toMatchObject({
    code: "usage",
    next: `psn show ${id}`,
  });
});

test("one tweet whose links alone are longer than an answer is shown in part", async () => {
  const link = `https://example.com/${"path/".repeat(700)}`;
  const { json } = await ask(person, "draft --stdin", { stdin: `${link} ${link} ${link}` });
  expect(json.data.tweets).toMatchObject([{ n: 1, length: 71, cut: true }]);
  expect(json.data.tweets[0]?.text).toEndWith("…");
});

test("a post with a long story tells the end of it", async () => {
  const { id } = await person.draft("So much happened.");
  await person.database.sql`insert into events (post_id, kind, detail)
    select ${id}, 'failed', jsonb_build_object('message', repeat('it went wrong ', 100)) from generate_series(1, 200)`;
  const { data } = (await ask(person, `show ${id}`)).json;
  expect(data.story).toHaveLength(12);
  expect((await say(person, `show ${id}`)).stdout.match(/^.*stopped: it went wrong.*$/gm)).toHaveLength(200);
});

test("status stays short with sixty posts on their way and sixty that failed, and counts them all", async () => {
  const { sql } = person.database;
  await sql`with made as (
      insert into posts (id, account_id, status, sub_status, scheduled_at, zone, wall_time, alarm, alarm_at, approved_seal, run_id, failure)
      select 'p' || lpad(n::text, 8, '0'), (select id from accounts), (case when n % 2 = 0 then 'scheduled' else 'failed' end)::post_status,
        null, now() + interval '30 days', 'America/Argentina/Buenos_Aires', '2030-01-01T09:00', 1, now() + interval '30 days', repeat('a', 64), 'run',
        case when n % 2 = 0 then null else jsonb_build_object('code', 'x_refused', 'message', repeat('X refused it for a reason that is long to tell. ', 10), 'next', 'psn show p00000000') end
      from generate_series(1, 120) n returning id)
    insert into tweets (post_id, position, text) select id, 1, repeat('汉字🦊', 40) from made`;
  // With an engine elsewhere, nobody starts a worker for posts that no engine knows.
  const env = { PSN_ENGINE: "trigger" };
  const { data } = (await ask(person, "status", { env })).json;
  expect(data.onTheirWay).toHaveLength(15);
  expect(data.attention).toHaveLength(15);
  expect(data.onTheirWay[0]?.text).toMatch(/^(汉字🦊)+汉?字?…$/u);
  expect([data.onTheirWayCount, data.attentionCount]).toEqual([60, 60]);
  const { stdout } = await say(person, "status", { env });
  expect(stdout).toContain("\n… 45 more need you\n");
  expect(stdout).toContain("\n… 45 more are on their way\n");
});
