import { parsePostId } from "../../core/post/id.ts";
import { attachToTweet } from "../../publishing/write.ts";
import { defineCommand } from "../support/command.ts";
import { givenFor } from "../support/given.ts";
import { loadImage, tweetNumber } from "../support/input.ts";
import { nextAfterDraft, shownPost } from "../support/shown.ts";

export default defineCommand({
  name: "attach",
  summary: "Add an image to a tweet (JPEG, PNG, GIF or WebP that stands still, up to 5 MB, four a tweet)",
  examples: ["psn attach pk3v9x2m7 --tweet 2 chart.png --alt 'Sales by month'"],
  configure: (command) =>
    command
      .argument("<id>", "the post")
      .argument("<path>", "the image")
      .requiredOption("--tweet <n>", "which tweet, 1 for the first")
      .option("--alt <text>", "what the image shows, for those who can't see it", ""),
  run: async (cli, command) => {
    const options = command.opts<{ tweet: string; alt: string }>();
    const n = tweetNumber(options.tweet, "--tweet");
    const id = parsePostId(command.args[0] ?? "");
    const { desk, given: image } = await givenFor(cli, id, () => loadImage(command.args[1] ?? "", options.alt));
    const post = await attachToTweet(desk, id, n, image);
    return shownPost(cli, post, nextAfterDraft(cli, post));
  },
});
