import { Argument } from "commander";
import { PsnError } from "../../core/errors.ts";
import { bold, green } from "../render/style.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { readStdin } from "../support/input.ts";
import { asked } from "../support/prompts.ts";
import { finishSignIn, type SignedIn, startSignIn } from "../support/signIn.ts";
import { signInByPrompt } from "../support/signInPrompt.ts";

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
    if (step === "finish")
      return await finish(cli, await pasted(cli, command.opts<{ stdin?: boolean }>().stdin === true));
    if (!cli.interactive) {
      throw new PsnError("input_needed", "Which step? Without a terminal, sign-in takes two: start, then finish.", {
        next: "psn setup x-auth start",
      });
    }
    return told(await signInByPrompt(cli));
  },
});

async function start(cli: Cli): Promise<Outcome> {
  const url = await startSignIn(cli);
  return {
    data: { url, finish: "psn setup x-auth finish --stdin", codeLivesSeconds: 30 },
    text: instructions(url, "Give it to: psn setup x-auth finish --stdin"),
  };
}

const instructions = (url: string, whereTo: string) =>
  [
    "Get ready to paste first: after you press Authorise you have 30 seconds.",
    "1. Open this address in your browser:",
    "",
    `   ${url}`,
    "",
    "2. Press Authorise. The browser then fails to open a page: that is right.",
    `3. Copy the whole address of that page. ${whereTo}`,
  ].join("\n");

async function finish(cli: Cli, text: string): Promise<Outcome> {
  return told(await finishSignIn(cli, text));
}

function told({ username, former, resumed }: SignedIn): Outcome {
  const more = resumed > 0 ? ` ${resumed} waiting ${resumed === 1 ? "post goes" : "posts go"} on.` : "";
  const instead = former === undefined ? "" : ` New posts are theirs, no longer @${former}'s.`;
  return {
    data: {
      account: `@${username}`,
      former: former === undefined ? null : `@${former}`,
      resumed,
      next: "psn setup status",
    },
    text: `${green("✓")} Signed in as ${bold(`@${username}`)}.${instead}${more}`,
  };
}

async function pasted(cli: Cli, stdin: boolean): Promise<string> {
  if (stdin) return new TextDecoder().decode(await readStdin(PASTE_BYTES));
  if (!cli.interactive) throw needsStdin();
  return await asked("Paste the address of the page that did not open", () => undefined);
}

const needsStdin = () =>
  new PsnError("input_needed", "What the browser showed must come by stdin here.", {
    next: "psn setup x-auth finish --stdin",
  });
