import { Option } from "commander";
import { PsnError } from "../../core/errors.ts";
import { parsePostId } from "../../core/post/id.ts";
import { limitFor } from "../../core/post/warnings.ts";
import { sectionsOf } from "../../core/thread/blocks.ts";
import { splitIntoThread } from "../../core/thread/split.ts";
import { accountNamed } from "../../db/accounts.ts";
import { type AccountRow, loadPost, type Post } from "../../db/posts.ts";
import { type Draft, type NewImage, replaceDraft, saveDraft } from "../../publishing/write.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand } from "../support/command.ts";
import { givenFor } from "../support/given.ts";
import { checkTextSource, readImage, readText } from "../support/input.ts";
import { nextAfterDraft, shownPost } from "../support/shown.ts";

interface Options {
  stdin?: boolean;
  file?: string;
  image: string[];
  numbered?: boolean;
  replace?: string;
  account?: string;
}

export default defineCommand({
  name: "draft",
  summary: "Split a text into tweets, check it, save it and show it",
  examples: ["psn draft --stdin <<'EOF'", "psn draft --file note.txt --image chart.png='Sales by month'"],
  configure: (command) =>
    command
      .option("--stdin", "read the text from stdin")
      .option("--file <file>", "read the text from a file")
      .addOption(
        new Option("--image <path=alt>", "add an image to the first tweet, with its alt text (up to 4)")
          .argParser((value: string, all: string[]) => [...all, value])
          .default([], "none"),
      )
      .option("--numbered", "end each tweet of a thread with its counter, such as 1/3")
      .option("--account <handle>", "whose post it is; without it, whoever signed in last")
      .option("--replace <id>", "put the text in the place of an earlier post's"),
  run: async (cli, command) => {
    const options = command.opts<Options>();
    checkTextSource(options, "psn draft");
    if (options.replace === undefined) {
      const given = await read(options);
      const { desk } = await cli.session();
      const account = await accountNamed(desk.orm, options.account);
      if (account === undefined && options.account !== undefined) throw unknownAccount(options.account);
      return told(cli, await saveDraft(desk, draftOf(given, account), account));
    }
    if (options.account !== undefined) throw notAnothers();
    const id = parsePostId(options.replace);
    const { desk, given } = await givenFor(cli, id, () => read(options));
    const { account } = await loadPost(desk.orm, id);
    return told(cli, await replaceDraft(desk, id, draftOf(given, account)));
  },
});

const told = (cli: Cli, post: Post) => shownPost(cli, post, nextAfterDraft(cli, post));

interface Given {
  readonly text: string;
  readonly numbered: boolean;
  readonly images: readonly NewImage[];
}

async function read(options: Options): Promise<Given> {
  const text = await readText(options);
  if (sectionsOf(text).length === 0) throw onlyBreaks();
  return { text, numbered: options.numbered === true, images: options.image.map(readImage) };
}

const onlyBreaks = () =>
  new PsnError("empty_text", "The text holds nothing but breaks between tweets.", {
    next: "Give some text with --stdin or --file FILE.",
  });

const unknownAccount = (handle: string) =>
  new PsnError("sign_in_needed", `No account ${JSON.stringify(handle.slice(0, 40))} is signed in.`, {
    next: "psn setup status",
  });

const notAnothers = () =>
  new PsnError("usage", "A post keeps its account: --replace takes no --account.", { next: "psn draft --help" });

function draftOf({ text, numbered, images }: Given, account: AccountRow | undefined): Draft {
  const texts = splitIntoThread(text, { limit: limitFor(account?.subscriptionType), numbered });
  return { texts: withoutCounters(texts, numbered), numbered, images };
}

/** Counters are kept as a property of the post, so that they stay right when tweets are moved. */
function withoutCounters(texts: readonly string[], numbered: boolean): string[] {
  if (!numbered || texts.length < 2) return [...texts];
  return texts.map((text, index) => {
    const counter = ` ${index + 1}/${texts.length}`;
    return text.endsWith(counter) ? text.slice(0, -counter.length) : text;
  });
}
