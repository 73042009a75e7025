import { mergeTweet } from "../../core/post/content.ts";
import { parsePostId } from "../../core/post/id.ts";
import { changeTweets } from "../../publishing/write.ts";
import { defineCommand } from "../support/command.ts";
import { tweetNumber } from "../support/input.ts";
import { nextAfterDraft, shownPost } from "../support/shown.ts";

export default defineCommand({
  name: "merge",
  summary: "Join one tweet with the one after it",
  examples: ["psn merge pk3v9x2m7 --tweet 2"],
  configure: (command) =>
    command.argument("<id>", "the post").requiredOption("--tweet <n>", "the first of the two, 1 for the first tweet"),
  run: async (cli, command) => {
    const n = tweetNumber(command.opts<{ tweet: string }>().tweet, "--tweet");
    const id = parsePostId(command.args[0] ?? "");
    const { desk } = await cli.session();
    const post = await changeTweets(desk, id, (content) => mergeTweet(content, n));
    return shownPost(cli, post, nextAfterDraft(cli, post));
  },
});
