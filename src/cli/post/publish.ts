import { parsePostId } from "../../core/post/id.ts";
import { wallTime } from "../../core/time/describe.ts";
import { loadPost } from "../../db/posts.ts";
import { approve, checkApproval, type Plan } from "../../publishing/approve.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { follow } from "../support/follow.ts";
import { problemOf, shownPost } from "../support/shown.ts";
import { ensureWorkerAfterArming } from "../support/worker.ts";

export default defineCommand({
  name: "publish",
  summary: "Approve a post and publish it now",
  examples: ["psn publish pk3v9x2m7 --expect 3fa4b1c2 --wait"],
  configure: (command) =>
    command
      .argument("<id>", "the post")
      .requiredOption("--expect <seal>", "the seal of what you approve, as shown with the post")
      .option("--wait", "follow it until it is out, at most 90 seconds")
      .option("--dry-run", "check everything and send nothing"),
  run: async (cli, command): Promise<Outcome> => {
    const options = command.opts<{ expect: string; wait?: boolean; dryRun?: boolean }>();
    const id = parsePostId(command.args[0] ?? "");
    const { desk } = await cli.session();
    const zone = cli.config.timezone ?? "UTC";
    const plan = (): Plan => {
      const instant = cli.now();
      return { instant, zone, wall: wallTime(instant, zone), late: "ask", notAfter: null };
    };
    const how = { event: "publish_asked", plan } as const;
    if (options.dryRun === true) {
      const post = await loadPost(desk.orm, id);
      await checkApproval(desk, post, options.expect, how);
      const outcome = shownPost(cli, post, [], { more: { dryRun: true } });
      return { ...outcome, text: `${outcome.text}\nNothing was sent (--dry-run).` };
    }
    const armed = await approve(desk, id, options.expect, how);
    const { problem } = await ensureWorkerAfterArming(cli);
    if (options.wait !== true || problem !== undefined) {
      return shownPost(cli, armed, [`psn show ${id}`], { problem, brief: true });
    }
    const post = await follow(cli, id);
    return shownPost(cli, post, [], { problem: problemOf(post), brief: true });
  },
});
