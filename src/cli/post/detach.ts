import { detachImage } from "../../core/post/content.ts";
import { parsePostId } from "../../core/post/id.ts";
import { changeTweets } from "../../publishing/write.ts";
import { defineCommand } from "../support/command.ts";
import { imageNumber, tweetNumber } from "../support/input.ts";
import { nextAfterDraft, shownPost } from "../support/shown.ts";

export default defineCommand({
  name: "detach",
  summary: "Take an image off a tweet",
  examples: ["psn detach pk3v9x2m7 --tweet 2", "psn detach pk3v9x2m7 --tweet 2 --image 3"],
  configure: (command) =>
    command
      .argument("<id>", "the post")
      .requiredOption("--tweet <n>", "which tweet, 1 for the first")
      .option("--image <k>", "which of its images, 1 for the first; may be left out where there is only one"),
  run: async (cli, command) => {
    const options = command.opts<{ tweet: string; image?: string }>();
    const n = tweetNumber(options.tweet, "--tweet");
    const k = options.image === undefined ? undefined : imageNumber(options.image, "--image");
    const id = parsePostId(command.args[0] ?? "");
    const { desk } = await cli.session();
    const post = await changeTweets(desk, id, (content) => detachImage(content, n, k));
    return shownPost(cli, post, nextAfterDraft(cli, post));
  },
});
