import { Option } from "commander";
import { parsePostId } from "../../core/post/id.ts";
import { limitFor } from "../../core/post/warnings.ts";
import { splitIntoThread } from "../../core/thread/split.ts";
import { defaultAccount } from "../../db/accounts.ts";
import { replaceDraft, saveDraft } from "../../publishing/write.ts";
import { defineCommand } from "../support/command.ts";
import { readImage, readText } from "../support/input.ts";
import { nextAfterDraft, shownPost } from "../support/shown.ts";

interface Options {
  stdin?: boolean;
  file?: string;
  image: string[];
  numbered?: boolean;
  replace?: string;
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
      .option("--replace <id>", "put the text in the place of an earlier post's"),
  run: async (cli, command) => {
    const options = command.opts<Options>();
    const id = options.replace === undefined ? undefined : parsePostId(options.replace);
    const text = await readText(options, "psn draft");
    const images = options.image.map(readImage);
    const { desk } = await cli.session();
    const account = await defaultAccount(desk.orm);
    const numbered = options.numbered === true;
    const limit = limitFor(account?.subscriptionType);
    const texts = withoutCounters(splitIntoThread(text, { limit, numbered }), numbered);
    const draft = { texts, numbered, images };
    const post = id === undefined ? await saveDraft(desk, draft) : await replaceDraft(desk, id, draft);
    return shownPost(cli, post, nextAfterDraft(cli, post));
  },
});

/** Counters are kept as a property of the post, so that they stay right when tweets are moved. */
function withoutCounters(texts: readonly string[], numbered: boolean): string[] {
  if (!numbered || texts.length < 2) return [...texts];
  return texts.map((text, index) => {
    const counter = ` ${index + 1}/${texts.length}`;
    return text.endsWith(counter) ? text.slice(0, -counter.length) : text;
  });
}
