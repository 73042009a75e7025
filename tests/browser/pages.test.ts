import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { displayedText } from "../../src/core/text/displayed.ts";
import { png } from "../support/images.ts";
import { Person } from "../support/person.ts";
import { type Browser, openBrowser, watch, withoutBrowser } from "./chromium.ts";

describe.skipIf(withoutBrowser())("in a browser", () => {
  let person: Person;
  let browser: Browser;
  beforeAll(async () => {
    [person, browser] = await Promise.all([
      Person.arrive({ signedIn: false, manyInOne: true, unserved: true }),
      openBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await person.leave();
  });

  test("a preview shows every text as it is written and every image, runs nothing, asks for nothing, and fits a phone", async () => {
    const texts = [
      `<script>alert("x")</script> </div><img src=x onerror=alert(1)> https://example.com/?a="><b>`,
      "שלום \u202eturned\n\n  two spaces",
      `${"w".repeat(150)} 👩‍💻 & 漢字`,
    ];
    const image = join(person.home, "wide.png");
    writeFileSync(image, png(400, 100, [29, 155, 240]));
    const { id } = await person.draft(texts.join("\n---\n"), "--image", `${image}="><script>alert(1)</script>`);
    await person.ok(["preview", id, "--html", "preview.html"]);
    const address = pathToFileURL(join(person.home, "preview.html")).href;

    const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    const seen = watch(page);
    await page.goto(address);

    expect(await page.locator(".text").allTextContents()).toEqual(texts.map(displayedText));
    expect(await page.getByRole("img", { name: `"><script>alert(1)</script>` }).isVisible()).toBe(true);
    expect(await page.evaluate<number>("document.images[0].naturalWidth")).toBe(400);
    await page.getByText("ALT", { exact: true }).click();
    expect(await page.getByText(`"><script>alert(1)</script>`, { exact: true }).isVisible()).toBe(true);
    const wide = await page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
    expect(wide).toBeLessThanOrEqual(0);
    expect(seen).toEqual([address]);
    await page.close();
  });

  test("a person who presses Authorize app is sent back with what signs them in", async () => {
    const { url, finish } = await person.ok("setup x-auth start");
    const page = await browser.newPage();
    const sentTo = page.waitForRequest((request) => request.url().startsWith("http://127.0.0.1:8787/callback"));
    await page.goto(url);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("wants to access your X account");
    await page.getByRole("button", { name: "Authorize app" }).click();

    // Nothing listens there: it is the address that is copied out of the browser.
    const redirect = (await sentTo).url();
    expect(await person.ok("setup x-auth finish --stdin", { stdin: redirect })).toMatchObject({ account: "@handle" });
    expect(finish).toContain("psn setup x-auth finish");
    await page.close();
  });
});
