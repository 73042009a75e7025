import { Argument } from "commander";
import { PsnError } from "../../core/errors.ts";
import { bold, green } from "../render/style.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { readStdin } from "../support/input.ts";
import { finishSignIn, startSignIn } from "../support/signIn.ts";

const PASTE_BYTES = 16 * 1024;

export default defineCommand({
  name: "x-auth",
  summary: "Sign in at X: start prints the address to open, finish takes what the browser shows afterwards",
  examples: ["psn setup x-auth start", "psn setup x-auth finish --stdin"],
  configure: (command) =>
    command
      .addArgument(new Argument("[step]", "without a step, in a terminal: both").choices(["start", "finish"]))
      .option("--stdin", "finish: read the pasted address, query or code from stdin"),
  run: async (cli, command): Promise<Outcome> => {
    const step = command.args[0];
    if (step === "start") return await start(cli);
    if (step === "finish") {
      if (command.opts<{ stdin?: boolean }>().stdin !== true && !cli.interactive) throw needsStdin();
      return await finish(cli, await pasted(cli, command.opts<{ stdin?: boolean }>().stdin === true));
    }
    if (!cli.interactive) {
      throw new PsnError("input_needed", "Which step? Without a terminal, sign-in takes two: start, then finish.", {
        next: "psn setup x-auth start",
      });
    }
    console.log((await start(cli)).text);
    return await finish(cli, await pasted(cli, false));
  },
});

async function start(cli: Cli): Promise<Outcome> {
  const url = await startSignIn(cli);
  return {
    data: { url, finish: "psn setup x-auth finish --stdin", codeLivesSeconds: 30 },
    text: [
      "Get ready to paste first: after you press Authorise you have 30 seconds.",
      "1. Open this address in your browser:",
      "",
      `   ${url}`,
      "",
      "2. Press Authorise. The browser then fails to open a page: that is right.",
      "3. Copy the whole address of that page and give it to: psn setup x-auth finish --stdin",
    ].join("\n"),
  };
}

async function finish(cli: Cli, text: string): Promise<Outcome> {
  const { username, replaced, resumed } = await finishSignIn(cli, text);
  const more = resumed > 0 ? ` ${resumed} waiting ${resumed === 1 ? "post goes" : "posts go"} on.` : "";
  return {
    data: { account: `@${username}`, replaced, resumed, next: "psn setup status" },
    text: `${green("✓")} Signed in as ${bold(`@${username}`)}.${more}`,
  };
}

async function pasted(_cli: Cli, stdin: boolean): Promise<string> {
  if (stdin) return new TextDecoder().decode(await readStdin(PASTE_BYTES));
  const { isCancel, text } = await import("@clack/prompts");
  const answer = await text({ message: "Paste the address of the page that did not open" });
  if (isCancel(answer))
    throw new PsnError("interrupted", "Interrupted; nothing was changed.", { next: "psn setup x-auth" });
  return answer;
}

const needsStdin = () =>
  new PsnError("input_needed", "What the browser showed must come by stdin here.", {
    next: "psn setup x-auth finish --stdin",
  });
