import { PsnError } from "../../core/errors.ts";
import { parsePostId } from "../../core/post/id.ts";
import { loadPost } from "../../db/posts.ts";
import { type Cancelled, cancelPost } from "../../publishing/cancel.ts";
import { wrongState } from "../../publishing/errors.ts";
import { defineCommand } from "../support/command.ts";
import { problemOf, shownPost } from "../support/shown.ts";

const WAIT_MS = 20_000;

export default defineCommand({
  name: "cancel",
  summary: "Take a scheduled post back to draft, or stop one that is being published",
  examples: ["psn cancel pk3v9x2m7"],
  configure: (command) => command.argument("<id>", "the post").option("--dry-run", "show the post and change nothing"),
  run: async (cli, command) => {
    const id = parsePostId(command.args[0] ?? "");
    const { desk } = await cli.session();
    if (command.opts<{ dryRun?: boolean }>().dryRun === true) {
      const post = await loadPost(desk.orm, id);
      if (post.row.status === "published") throw wrongState(post, "cancelled");
      return shownPost(cli, post, ["nothing was changed (--dry-run)"], { more: { dryRun: true } });
    }
    const cancelled = await cancelPost({ ...desk, sleep: (ms) => Bun.sleep(ms) }, id, WAIT_MS);
    const { result, post } = cancelled;
    const hints = result === "draft" ? ["Nothing will go out; the post is a draft again."] : [];
    return shownPost(cli, post, hints, { problem: notTakenBack(cancelled), more: { result }, brief: true });
  },
});

function notTakenBack({ result, post }: Cancelled): PsnError | undefined {
  switch (result) {
    case "draft":
      return undefined;
    case "stopped":
      return problemOf(post);
    case "stopping":
      return new PsnError("still_publishing", "It stops as soon as X has answered for the tweet that is on its way.", {
        next: `psn show ${post.id}`,
      });
  }
}
