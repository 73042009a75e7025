import * as playwright from "playwright-core";

export type Browser = Awaited<ReturnType<typeof playwright.chromium.launch>>;
type Page = Awaited<ReturnType<Browser["newPage"]>>;

const PROGRAM = ["chromium-headless-shell", "chromium", "chromium-browser"]
  .map((name) => Bun.which(name))
  .find(Boolean);

/** Says once why nothing is looked at where there is no browser. */
export function withoutBrowser(): boolean {
  if (PROGRAM === undefined)
    console.log("skipped: there is no Chromium on the PATH, so no page is opened in a browser");
  return PROGRAM === undefined;
}

/** A browser as people have it: scripts run, and everything may be fetched. */
export async function openBrowser(): Promise<Browser> {
  // Chromium has no sandbox of its own for root.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return await playwright.chromium.launch({ ...(PROGRAM ? { executablePath: PROGRAM } : {}), args });
}

/** What a page does besides being there: addresses that it asks for, complaints and dialogs, from now on. */
export function watch(page: Page): string[] {
  const seen: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) seen.push(request.url());
  });
  page.on("console", (message) => seen.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => seen.push(`error: ${error.message}`));
  page.on("dialog", async (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  return seen;
}
