import { PsnError } from "../../core/errors.ts";
import { parsePostId } from "../../core/post/id.ts";
import { formatUsd } from "../../core/post/prices.ts";
import { eventsOf } from "../../db/events.ts";
import { loadPost, type Post } from "../../db/posts.ts";
import { checkUndo, type UndoPlan, undoPlan, undoPost } from "../../publishing/undo.ts";
import type { Cli } from "../support/cli.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { follow } from "../support/follow.ts";
import { problemOf, shownPost } from "../support/shown.ts";
import { ensureWorkerAfterArming } from "../support/worker.ts";

export default defineCommand({
  name: "undo",
  summary: "Delete from X what is out of a post, the last tweet first; the post is a draft again",
  examples: ["psn undo pk3v9x2m7 --expect 3fa4b1c2 --dry-run", "psn undo pk3v9x2m7 --expect 3fa4b1c2 --wait"],
  configure: (command) =>
    command
      .argument("<id>", "the post")
      .requiredOption("--expect <seal>", "the seal of what is to be deleted, as shown with the post")
      .option("--wait", "follow it until all is deleted, at most 90 seconds")
      .option("--dry-run", "show what would be deleted and what X bills, and change nothing"),
  run: async (cli, command): Promise<Outcome> => {
    const options = command.opts<{ expect: string; wait?: boolean; dryRun?: boolean }>();
    const id = parsePostId(command.args[0] ?? "");
    const { desk } = await cli.session();
    if (options.dryRun === true) {
      const post = await loadPost(desk.orm, id);
      await checkUndo(desk, post, options.expect);
      const plan = undoPlan(post);
      const outcome = shownPost(cli, post, [], { more: { dryRun: true, undo: plan } });
      return { ...outcome, text: `${outcome.text}\nIt would delete ${told(plan)}. Nothing was changed (--dry-run).` };
    }
    const armed = await undoPost(desk, id, options.expect);
    const plan = undoPlan(armed);
    const { problem } = await ensureWorkerAfterArming(cli);
    if (options.wait !== true || problem !== undefined) {
      const outcome = shownPost(cli, armed, [`psn show ${id}`], { problem, brief: true, more: { undo: plan } });
      return { ...outcome, text: `${outcome.text}\nIt deletes ${told(plan)}.` };
    }
    return ended(cli, await follow(cli, id));
  },
});

async function ended(cli: Cli, post: Post): Promise<Outcome> {
  if (post.row.status !== "draft") return shownPost(cli, post, [], { problem: notUndone(post), brief: true });
  const { desk } = await cli.session();
  const detail = (await eventsOf(desk.orm, post.id)).findLast(({ kind }) => kind === "undone")?.detail;
  const undo = { tweets: Number(detail?.["deleted"]), usd: Number(detail?.["usd"]) };
  const outcome = shownPost(cli, post, [], { brief: true, more: { undo } });
  return { ...outcome, text: `${outcome.text}\nDeleted ${told(undo)}. The post is a draft again.` };
}

/** An undo that somebody cancelled at once leaves the post published. */
function notUndone(post: Post): PsnError | undefined {
  if (post.row.status !== "published") return problemOf(post);
  return new PsnError("wrong_state", "The undo was cancelled before anything was deleted.", {
    next: `psn show ${post.id}`,
  });
}

const told = ({ tweets, usd }: UndoPlan) => `${tweets === 1 ? "one tweet" : `${tweets} tweets`}, ${formatUsd(usd)}`;
