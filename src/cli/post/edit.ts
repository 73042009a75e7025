import { editTweet } from "../../core/post/content.ts";
import { parsePostId } from "../../core/post/id.ts";
import { changeTweets } from "../../publishing/write.ts";
import { defineCommand } from "../support/command.ts";
import { givenFor } from "../support/given.ts";
import { checkTextSource, readText, tweetNumber } from "../support/input.ts";
import { nextAfterDraft, shownPost } from "../support/shown.ts";

export default defineCommand({
  name: "edit",
  summary: "Give one tweet a new text",
  examples: ["psn edit pk3v9x2m7 --tweet 2 --stdin <<'EOF'"],
  configure: (command) =>
    command
      .argument("<id>", "the post")
      .requiredOption("--tweet <n>", "which tweet, 1 for the first")
      .option("--stdin", "read the text from stdin")
      .option("--file <file>", "read the text from a file"),
  run: async (cli, command) => {
    const options = command.opts<{ tweet: string; stdin?: boolean; file?: string }>();
    const n = tweetNumber(options.tweet, "--tweet");
    checkTextSource(options, "psn edit");
    const id = parsePostId(command.args[0] ?? "");
    const { desk, given: text } = await givenFor(cli, id, () => readText(options));
    const post = await changeTweets(desk, id, (content) => editTweet(content, n, text));
    return shownPost(cli, post, nextAfterDraft(cli, post));
  },
});
