import { EXIT } from "../../core/errors.ts";
import { parsePostId } from "../../core/post/id.ts";
import { cancelPost } from "../../publishing/cancel.ts";
import { defineCommand } from "../support/command.ts";
import { shownPost } from "../support/shown.ts";

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
      const { loadPost } = await import("../../db/posts.ts");
      return shownPost(cli, await loadPost(desk.orm, id), ["nothing was changed (--dry-run)"]);
    }
    const { result, post } = await cancelPost({ ...desk, sleep: (ms) => Bun.sleep(ms) }, id, WAIT_MS);
    const said = {
      draft: "Nothing will go out; the post is a draft again.",
      stopped: "Stopped: the rest will not go out.",
      stopping: "It stops as soon as X has answered for the tweet that was on its way.",
    }[result];
    return shownPost(cli, post, [said], {
      exit: result === "draft" ? EXIT.ok : EXIT.unconfirmed,
      more: { result },
    });
  },
});
