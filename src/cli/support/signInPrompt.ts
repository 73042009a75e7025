import { PsnError } from "../../core/errors.ts";
import { dim } from "../render/style.ts";
import { openInBrowser } from "./browser.ts";
import type { Cli } from "./cli.ts";
import { notice } from "./output.ts";
import { asked, askedYesNo } from "./prompts.ts";
import { abandonSignIn, finishSignIn, type SignedIn, startSignIn } from "./signIn.ts";

/** What is mended by a fresh address and another try, at once. */
const AGAIN: ReadonlySet<string> = new Set(["code_expired", "paste_invalid", "x_unreachable"]);

/**
 * Signs in by prompts. X's code lives 30 seconds, so the prompt waits before the person clicks, and a paste that comes
 * late is answered with one sentence and a fresh address.
 */
export async function signInByPrompt(cli: Cli): Promise<SignedIn> {
  notice("Get ready to paste first: after you press Authorise you have 30 seconds.");
  for (;;) {
    const url = await startSignIn(cli);
    const opened = await openInBrowser(url);
    notice(instructions(url, opened));
    try {
      const text = await asked("Paste the address of the page that did not open", (pasted) =>
        pasted.trim() === "" ? "the whole address, please" : undefined,
      );
      return await finishSignIn(cli, text, (username, former) =>
        askedYesNo(
          `You are signed in at X as @${username}; your posts were @${former}'s until now. Go on as @${username}?`,
        ),
      );
    } catch (error) {
      if (error instanceof PsnError && AGAIN.has(error.code)) {
        notice(`${error.message} Once more, with a new address:`);
        continue;
      }
      if (error instanceof PsnError && error.code === "interrupted") await abandonSignIn(cli, url);
      throw error;
    }
  }
}

const instructions = (url: string, opened: boolean) =>
  [
    opened ? "1. Your browser opens this address:" : "1. Open this address in your browser:",
    "",
    `   ${url}`,
    "",
    "2. Press Authorise. The browser then fails to open a page: that is right.",
    `3. Copy the whole address of that page, and paste it below. ${dim("(Ctrl-C stops)")}`,
  ].join("\n");
