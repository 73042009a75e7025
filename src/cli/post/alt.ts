import { checkAlt } from "../../core/media/image.ts";
import { describeImage } from "../../core/post/content.ts";
import { parsePostId } from "../../core/post/id.ts";
import { changeTweets } from "../../publishing/write.ts";
import { defineCommand } from "../support/command.ts";
import { givenFor } from "../support/given.ts";
import { imageNumber, tweetNumber } from "../support/input.ts";
import { nextAfterDraft, shownPost } from "../support/shown.ts";

export default defineCommand({
  name: "alt",
  summary: "Give an image another alt text: what it shows, for those who can't see it",
  examples: ["psn alt pk3v9x2m7 --tweet 2 --alt 'Sales by month'", "psn alt pk3v9x2m7 --tweet 2 --image 3 --alt ''"],
  configure: (command) =>
    command
      .argument("<id>", "the post")
      .requiredOption("--tweet <n>", "which tweet, 1 for the first")
      .requiredOption("--alt <text>", "the new alt text; empty for none")
      .option("--image <k>", "which of its images, 1 for the first; may be left out where there is only one"),
  run: async (cli, command) => {
    const options = command.opts<{ tweet: string; alt: string; image?: string }>();
    const n = tweetNumber(options.tweet, "--tweet");
    const k = options.image === undefined ? undefined : imageNumber(options.image, "--image");
    const id = parsePostId(command.args[0] ?? "");
    const { desk, given: alt } = await givenFor(cli, id, () => checkAlt(options.alt));
    const post = await changeTweets(desk, id, (content) => describeImage(content, n, alt, k));
    return shownPost(cli, post, nextAfterDraft(cli, post));
  },
});
