import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { renderCards } from "../../src/cli/render/card.ts";
import { framed } from "../../src/cli/render/wrap.ts";
import { displayedText } from "../../src/core/text/displayed.ts";
import { anyText } from "../support/any-text.ts";
import { png } from "../support/images.ts";
import { Person } from "../support/person.ts";
import { SPRING } from "./dates.ts";
import { ask, atOnce, expectOutcomes, say } from "./outside.ts";

let person: Person;
let stranger: Person;
beforeAll(async () => {
  [person, stranger] = await Promise.all([
    Person.arrive({ manyInOne: true }),
    Person.arrive({ signedIn: false, manyInOne: true }),
  ]);
  for (const n of [1, 2, 3, 4]) writeFileSync(join(person.home, `${n}.png`), png(n * 20, n * 10, [n * 50, 90, 160]));
});
afterAll(() => Promise.all([person.leave(), stranger.leave()]));

const withoutSpaces = (text: string) => text.replace(/\s/g, "");

/** Whatever a terminal would act on; a line ends all the same. */
const CONTROL = /[^\P{Cc}\n]/u;

const at = (name: string) => join(person.home, name);

/** The cards of a preview, one string a line. */
async function cardsOf(id: string, of = person): Promise<string[]> {
  const { stdout, exit } = await say(of, ["preview", id]);
  expect(exit).toBe(0);
  const lines = stdout.split("\n");
  return lines.slice(
    lines.findIndex((line) => line.startsWith("╭")),
    lines.findLastIndex((line) => line.startsWith("╰")) + 1,
  );
}

/** What stands in the frame, without the frame. */
const inside = (lines: readonly string[]) =>
  lines.filter((line) => line.startsWith("│ ")).map((line) => line.slice(2, -2).trimEnd());

test.concurrent("a thread is shown as X will show it: who, text with its counter, short links, images, place and count", async () => {
  const text = "Read https://www.example.com/a/very/long/path and README.md\n---\nThe end.";
  const { id, seal } = await person.draft(text, "--numbered", "--image", "1.png=A small chart", "--image", "2.png");
  const cards = await cardsOf(id);
  expect(inside(cards)).toEqual([
    expect.stringMatching(/^handle @handle {10,}1\/2$/),
    "Read example.com/a/very/long/pa… and README.md 1/2",
    "",
    "▣ 1.png  20×10  “A small chart”",
    "▣ 2.png  40×20  no alt text",
    "",
    expect.stringMatching(/^ +60\/280$/),
    expect.stringMatching(/^handle @handle {10,}2\/2$/),
    "The end. 2/2",
    "",
    expect.stringMatching(/^ +12\/280$/),
  ]);
  // The thread's line runs from card to card.
  const [end = 0] = cards.flatMap((line, index) => (line.startsWith("╰") ? [index] : []));
  expect(cards.slice(end, end + 3).map((line) => line.charAt(3))).toEqual(["┬", "│", "┴"]);
  const { stdout } = await say(person, ["preview", id]);
  expect(stdout).toContain("It would go out as @handle.\n");
  expect(stdout).toContain("X may add a card of its own for a link");
  expect(stdout).toEndWith(
    `→ psn publish ${id} --expect ${seal}\n→ psn schedule ${id} --expect ${seal} --at "tomorrow 9am"\n`,
  );
});

test.concurrent("whatever is in a text, every line of the cards is as wide as all others", async () => {
  const text = [
    "今日は世界に挨拶する日です。漢字と絵文字👨‍👩‍👧‍👦🇪🇸👍🏽を混ぜて、長い行がどこで折り返されるかを確かめます。「括弧」も。한국어도 있습니다.",
    "مرحبا بالعالم، هذا نص عربي طويل بما يكفي ليلتف حول السطر مرتين على الأقل في البطاقة. שלום עולם",
    `x\u0323\u0306\u0301 क्षत्रिय ก็ ❤️ 1️⃣ ${"x".repeat(150)} a\tb\u2028c\u00adde\u200bf \u202eturned\u202c \u2067x`,
  ].join("\n---\n");
  const { id } = await person.draft(text);
  const cards = await cardsOf(id);
  expect([...new Set(cards.map((line) => Bun.stringWidth(line)))]).toEqual([66]);
  expect(cards.join("")).not.toMatch(/[\t\u00ad\u200b\u2028\u202a-\u202e\u2066-\u2069]/);
  // A line does not begin with a full stop.
  expect(inside(cards).filter((line) => /^[。、」]/.test(line))).toEqual([]);
});

test("no text breaks the frame or is lost, in a terminal of any width", () => {
  const tweet = { n: 1, length: 1, limit: 280, state: "unsent", id: null, url: null, media: [] } as const;
  const text = anyText({ maxLength: 120 }).map((t) => `a${t.toWellFormed()}b`);
  const scripts = fc.string({
    unit: fc.constantFrom("汉", "。", "🦊", "👩‍💻", "é", "ש", " ", "  ", "\n", "word", "-", "(", "）", "🇪🇸"),
  });
  fc.assert(
    fc.property(fc.oneof(text, scripts), fc.integer({ min: 1, max: 120 }), (words, columns) => {
      const cards = renderCards({ tweets: [{ ...tweet, text: words }] }, { name: words, handle: "@h" }, columns).split(
        "\n",
      );
      expect(new Set(cards.map((line) => Bun.stringWidth(line))).size).toBe(1);
      expect(cards.join("\n")).not.toMatch(CONTROL);
      const shown = inside(cards).slice(1, -2).join("");
      expect(withoutSpaces(shown)).toBe(withoutSpaces(framed(displayedText(words))));
    }),
    { numRuns: 200 },
  );
});

test.concurrent("what a text could do to a terminal is shown as signs", async () => {
  const { id } = await person.draft("red \u001b[31m, bell \u0007, back \u009b2J, clear \u001b]0;title\u0007");
  const { stdout } = await say(person, ["preview", id]);
  expect(stdout).not.toMatch(CONTROL);
  expect(stdout).toContain("red ␛[31m, bell ␇, back \ufffd2J, clear ␛]0;title␇");
});

test.concurrent("the next command is the one that the post wants", async () => {
  const { id: nobodys } = await stranger.draft("Nobody is signed in.");
  const unsigned = await say(stranger, ["preview", nobodys]);
  expect(inside(await cardsOf(nobodys, stranger))[0]).toBe("Not signed in yet");
  expect(unsigned.stdout).toEndWith("\n→ psn setup x-auth start\n");
  // Who has just written it is told the same.
  const written = await say(stranger, "draft --stdin", { stdin: "Nobody yet." });
  expect(written.stdout).toEndWith("\n→ psn setup x-auth start\n");

  const { id: long } = await person.draft("Too long.");
  const edited = await say(person, ["edit", long, "--tweet", "1", "--stdin"], { stdin: "x".repeat(290) });
  expect(edited.stdout).toEndWith(`\n→ psn edit ${long} --tweet 1 --stdin\n`);
  expect(inside(await cardsOf(long)).at(-1)).toEndWith("290/280, 10 too many");
  expect((await say(person, ["preview", long])).stdout).toEndWith(`\n→ psn edit ${long} --tweet 1 --stdin\n`);

  const { id, seal } = await person.draft("Later.");
  await person.ok(["schedule", id, "--expect", seal, "--at", SPRING.wall]);
  const scheduled = await say(person, ["preview", id]);
  expect(scheduled.stdout).toContain(`\nGoes out as @handle on ${SPRING.local}`);
  expect(scheduled.stdout).toEndWith(`\n→ psn show ${id}\n`);
  await person.ok(["cancel", id]);
  expect((await say(person, ["preview", id])).stdout).toEndWith(`\n→ psn schedule ${id} --expect ${seal}\n`);

  const { json } = await person.publish("It is out.");
  const out = await say(person, ["preview", json.data.id]);
  expect(out.stdout).toMatch(/│ ● out: https:\/\/x\.com\/handle\/status\/\d+ +│/);
  expect(out.stdout).toContain("\nIt is out as @handle.\n");
});

test.concurrent("a misuse comes first, then a post that does not exist, then the place of the page", async () => {
  const { id } = await person.draft("Here.");
  writeFileSync(at("taken.html"), "mine");
  await expectOutcomes(person, [
    { line: "preview", ends: "2 usage" },
    { line: `preview ${id} --html`, ends: "2 usage" },
    { line: ["preview", "nonsense", "--html", ""], ends: "2 usage" },
    { line: `preview ${id} --html .bashrc`, ends: "2 usage" },
    { line: `preview ${id} --html .html`, ends: "2 usage" },
    { line: "preview nonsense --page 0", ends: "2 usage" },
    { line: "preview nonsense", ends: "6 post_not_found" },
    { line: "preview p00000000", ends: "6 post_not_found" },
    { line: "preview p00000000 --html taken.html", ends: "6 post_not_found" },
    { line: `preview ${id} --page 2 --html never.html`, ends: "2 usage" },
  ]);
  expect(await Bun.file(at("never.html")).exists()).toBe(false);
});

test.concurrent("as JSON: the texts as sent and as displayed, in pages that hold each tweet once", async () => {
  const link = "https://www.example.com/a/very/long/path";
  const text = Array.from({ length: 100 }, (_, i) => `${link} 它们 ${"é".repeat(180)} ${i + 1}`).join("\n---\n");
  const { id, seal } = await person.draft(text);
  const first = (await ask(person, ["preview", id])).json.data;
  const { pages = 1 } = first;
  expect(first).toMatchObject({ id, seal, file: null, page: 1 });
  expect(first.tweets[0]).toMatchObject({ n: 1, limit: 280, media: [], text: expect.stringContaining(link) });
  expect(first.tweets[0]?.shown).toStartWith("example.com/a/very/long/pa… 它们");
  const rest = await atOnce(
    Array.from({ length: pages - 1 }, (_, i) => i + 2),
    async (page) => (await ask(person, `preview ${id} --page ${page}`)).json.data.tweets,
  );
  expect([...first.tweets, ...rest.flat()].map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  const { data } = (await ask(person, `preview ${id} --html long.html`)).json;
  expect(data).toMatchObject({ id, file: at("long.html"), page: 1, pages });

  const { id: large } = await person.draft(
    Array.from({ length: 3 }, () => `https://example.com/${"path/".repeat(700)}`).join(" "),
  );
  expect((await ask(person, ["preview", large])).json.data.tweets).toMatchObject([{ n: 1, length: 71, cut: true }]);
});

test("looking changes nothing in the database, and needs no X", async () => {
  const { id } = await person.draft("Only looked at.", "--image", "1.png");
  const state = async () =>
    JSON.stringify(
      await person.database.sql`
      select p.*, (select json_agg(t) from tweets t where t.post_id = p.id) as tweets,
        (select count(*) from events e where e.post_id = p.id)::int as events
      from posts p where id = ${id}`,
    );
  const before = await state();
  const env = { X_API_URL: "http://127.0.0.1:1" };
  for (const line of [`preview ${id}`, `preview ${id} --html looked.html`])
    expect((await ask(person, line, { env })).exit).toBe(0);
  expect(await state()).toEqual(before);
});
