import { moveTweet } from "../../core/post/content.ts";
import { parsePostId } from "../../core/post/id.ts";
import { changeTweets } from "../../publishing/write.ts";
import { defineCommand } from "../support/command.ts";
import { tweetNumber } from "../support/input.ts";
import { nextAfterDraft, shownPost } from "../support/shown.ts";

export default defineCommand({
  name: "move",
  summary: "Put one tweet in another place of the thread",
  examples: ["psn move pk3v9x2m7 --tweet 3 --to 1"],
  configure: (command) =>
    command
      .argument("<id>", "the post")
      .requiredOption("--tweet <n>", "which tweet, 1 for the first")
      .requiredOption("--to <m>", "its new place"),
  run: async (cli, command) => {
    const options = command.opts<{ tweet: string; to: string }>();
    const n = tweetNumber(options.tweet, "--tweet");
    const to = tweetNumber(options.to, "--to");
    const id = parsePostId(command.args[0] ?? "");
    const { desk } = await cli.session();
    const post = await changeTweets(desk, id, (content) => moveTweet(content, n, to));
    return shownPost(cli, post, nextAfterDraft(cli, post));
  },
});
