import { splitTweet } from "../../core/post/content.ts";
import { parsePostId } from "../../core/post/id.ts";
import { splitAt } from "../../core/thread/cut.ts";
import { changeTweets } from "../../publishing/write.ts";
import { defineCommand } from "../support/command.ts";
import { tweetNumber, wholeNumber } from "../support/input.ts";
import { nextAfterDraft, shownPost } from "../support/shown.ts";

export default defineCommand({
  name: "split",
  summary: "Cut one tweet in two",
  examples: ["psn split pk3v9x2m7 --tweet 2 --at 120"],
  configure: (command) =>
    command
      .argument("<id>", "the post")
      .requiredOption("--tweet <n>", "which tweet, 1 for the first")
      .requiredOption("--at <offset>", "how many characters (UTF-16) stay in the first half"),
  run: async (cli, command) => {
    const options = command.opts<{ tweet: string; at: string }>();
    const n = tweetNumber(options.tweet, "--tweet");
    const offset = wholeNumber(options.at, "--at");
    const id = parsePostId(command.args[0] ?? "");
    const { desk } = await cli.session();
    const post = await changeTweets(desk, id, (content, newId) => {
      const text = content.tweets[n - 1]?.text;
      // Where there is no such tweet, that is what is wrong, and not the offset.
      return splitTweet(content, n, text === undefined ? ["", ""] : splitAt(text, offset), newId);
    });
    return shownPost(cli, post, nextAfterDraft(cli, post));
  },
});
