import { parsePostId } from "../../core/post/id.ts";
import { revertTo } from "../../publishing/write.ts";
import { defineCommand } from "../support/command.ts";
import { versionNumber } from "../support/input.ts";
import { nextAfterDraft, shownPost } from "../support/shown.ts";

export default defineCommand({
  name: "revert",
  summary: "Put a post's content back as it was in an earlier version; that makes a new version, and none is lost",
  examples: ["psn revert pk3v9x2m7 --to 2"],
  configure: (command) =>
    command.argument("<id>", "the post").requiredOption("--to <n>", "which version, as psn history numbers them"),
  run: async (cli, command) => {
    const n = versionNumber(command.opts<{ to: string }>().to, "--to");
    const id = parsePostId(command.args[0] ?? "");
    const { desk } = await cli.session();
    const post = await revertTo(desk, id, n);
    return shownPost(cli, post, nextAfterDraft(cli, post));
  },
});
