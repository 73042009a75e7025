import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { displayedText } from "../../src/core/text/displayed.ts";
import { png } from "../support/images.ts";
import { Person } from "../support/person.ts";
import { SPRING } from "./dates.ts";
import { expectOutcomes, say } from "./outside.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true, unserved: true });
  for (const n of [1, 2, 3, 4]) writeFileSync(at(`${n}.png`), png(n * 20, n * 10, [n * 50, 90, 160]));
});
afterAll(() => person.leave());

const at = (name: string) => join(person.home, name);

async function pageOf(id: string, name: string): Promise<string> {
  await person.ok(["preview", id, "--html", name]);
  return await Bun.file(at(name)).text();
}

/** The texts of the tweets as a browser reads them out of the page, and the attributes of all elements. */
async function readPage(html: string) {
  const texts: string[] = [];
  const elements: { tag: string; attributes: Record<string, string> }[] = [];
  await new HTMLRewriter()
    .on("*", {
      element: (element) => {
        elements.push({
          tag: element.tagName,
          attributes: Object.fromEntries([...element.attributes].map(([k, v]) => [k, plain(v)])),
        });
      },
    })
    .on(".text", {
      element: () => void texts.push(""),
      text: ({ text }) => void texts.push(`${texts.pop() ?? ""}${text}`),
    })
    .transform(new Response(html))
    .text();
  return {
    texts: texts.map(plain),
    elements,
    named: (tag: string) => elements.filter((e) => e.tag === tag).map((e) => e.attributes),
  };
}

const plain = (text: string) =>
  text.replace(
    /&(lt|gt|quot|#39|#13|amp);/g,
    (whole, name: string) => ({ lt: "<", gt: ">", quot: '"', "#39": "'", "#13": "\r", amp: "&" })[name] ?? whole,
  );

test.concurrent("a page shows every text as it is written, and runs nothing", async () => {
  const texts = [
    `<script>alert("x")</script> & 'quotes' &amp; </div><img src=x onerror=alert(1)>`,
    `"onmouseover="x" javascript:alert(1) https://example.com/?a="><b> @ada #tag`,
    "שלום \u202eturned\n\n  two spaces\u001b[31m",
  ];
  const { id } = await person.draft(texts.join("\n---\n"), "--image", `1.png="><script>alert(1)</script>'`);
  const html = await pageOf(id, "escaped.html");
  const page = await readPage(html);
  expect(page.texts).toEqual(texts.map(displayedText));
  expect(html).not.toContain("<script");
  expect(page.named("img").map(({ alt }) => alt)).toEqual([`"><script>alert(1)</script>'`]);
  for (const { attributes } of page.elements)
    expect(Object.keys(attributes).filter((name) => name.startsWith("on"))).toEqual([]);
  for (const link of page.named("a"))
    expect(link).toMatchObject({ href: expect.stringMatching(/^https?:\/\//), rel: "noreferrer noopener" });
  expect(
    page
      .named("div")
      .filter(({ class: name }) => name === "text")
      .map(({ dir }) => dir),
  ).toEqual(["auto", "auto", "auto"]);
});

test.concurrent("a page asks for nothing from anywhere, and holds its images whole", async () => {
  const image = ["--image", "1.png=One", "--image", "2.png", "--image", "3.png=Three", "--image", "4.png=Four"];
  const { id } = await person.draft("See https://example.com/page", ...image);
  const page = await readPage(await pageOf(id, "images.html"));
  const policy = page.named("meta").find((meta) => meta["http-equiv"] === "Content-Security-Policy")?.["content"];
  expect(policy).toStartWith("default-src 'none'; img-src data:; style-src 'unsafe-inline';");
  for (const { tag, attributes } of page.elements) {
    expect([tag, attributes["src"] ?? "data:", attributes["srcset"]]).toEqual([
      tag,
      expect.stringMatching(/^data:/),
      undefined,
    ]);
    if (tag !== "a") expect(attributes["href"] ?? "data:,").toBe("data:,");
  }
  expect(await Bun.file(at("images.html")).text()).not.toMatch(/url\(|@import/);
  const images = page.named("img");
  expect(images.map(({ width, height, alt }) => [width, height, alt])).toEqual([
    ["20", "10", "One"],
    ["40", "20", ""],
    ["60", "30", "Three"],
    ["80", "40", "Four"],
  ]);
  for (const [index, { src = "" }] of images.entries()) {
    const file = Buffer.from(await Bun.file(at(`${index + 1}.png`)).bytes()).toString("base64");
    expect(src).toBe(`data:image/png;base64,${file}`);
  }
  // Alt texts can be read by everybody; who approves is told of the one that is missing.
  expect(page.named("details")).toHaveLength(3);
  expect(await Bun.file(at("images.html")).text()).toContain("1 without alt text");
});

test.concurrent("a page is the user's alone, and replaces nothing but an earlier one", async () => {
  const { id } = await person.draft("One.");
  const said = await say(person, ["preview", id, "--html", "own.html"]);
  expect(said.stdout).toStartWith(`✓ The preview is at ${at("own.html")}: open it in a browser.\n→ psn publish ${id}`);
  expect(statSync(at("own.html")).mode & 0o777).toBe(0o600);
  await person.ok(["edit", id, "--tweet", "1", "--stdin"], { stdin: "Two." });
  expect(await pageOf(id, "own.html")).toContain(">Two.</div>");

  mkdirSync(at("folder.html"));
  symlinkSync("/dev/zero", at("device.html"));
  writeFileSync(at("foreign.html"), "<!doctype html>\nmine");
  writeFileSync(at("empty.html"), "");
  symlinkSync("foreign.html", at("link.html"));
  await expectOutcomes(person, [
    { line: `preview ${id} --html foreign.html`, ends: "5 file_unreadable" },
    { line: `preview ${id} --html link.html`, ends: "5 file_unreadable" },
    { line: `preview ${id} --html empty.html`, ends: "5 file_unreadable" },
    { line: `preview ${id} --html folder.html`, ends: "5 file_unreadable" },
    { line: `preview ${id} --html device.html`, ends: "5 file_unreadable" },
    { line: `preview ${id} --html no/such/folder/page.html`, ends: "3 state_unwritable" },
    { line: `preview ${id} --html own.html/page.html`, ends: "3 state_unwritable" },
    { line: ["preview", id, "--html", `${"long".repeat(100)}.html`], ends: "3 state_unwritable" },
  ]);
  expect(await Bun.file(at("foreign.html")).text()).toBe("<!doctype html>\nmine");
  const { stderr } = await say(person, ["preview", id, "--html", "foreign.html"]);
  expect(stderr).toMatch(
    /^".*\/foreign\.html" is there already, and is no preview of psn's\.\n→ give --html the name of /,
  );
});

test.concurrent("a page says when the post goes out in a way that stays true", async () => {
  const { id, seal } = await person.draft("One.\n---\nTwo.");
  await person.ok(["schedule", id, "--expect", seal, "--at", SPRING.wall]);
  const html = await pageOf(id, "later.html");
  expect(html).toContain(`<strong>Goes out as @handle on ${SPRING.local.replace(" (in ", "")}.</strong>`);
  expect((await readPage(html)).texts).toEqual(["One.", "Two."]);
});
