import type { Command } from "commander";
import { type PostId, parsePostId } from "../../core/post/id.ts";
import { wallTime } from "../../core/time/describe.ts";
import { loadPost, type Post } from "../../db/posts.ts";
import type { Plan } from "../../publishing/approve.ts";
import type { DeskParts } from "../../publishing/parts.ts";
import type { Cli } from "./cli.ts";
import type { Outcome } from "./command.ts";
import { follow } from "./follow.ts";
import { problemOf, shownPost } from "./shown.ts";
import { ensureWorkerAfterArming } from "./worker.ts";

/** What a command that sends at once does in between: looks whether it may, or does it. */
export interface Sending {
  check(desk: DeskParts, post: Post, plan: () => Plan): Promise<unknown>;
  arm(desk: DeskParts, id: PostId, plan: () => Plan): Promise<Post>;
}

/** Options of every command that sends at once. */
export const sendingOptions = (command: Command): Command =>
  command
    .argument("<id>", "the post")
    .requiredOption("--expect <seal>", "the seal of what you approve, as shown with the post")
    .option("--wait", "follow it until it is out, at most 90 seconds")
    .option("--dry-run", "check everything and send nothing");

/** Arms a post for this moment, sees to a worker, and with `--wait` follows the post to its end. */
export async function sendNow(cli: Cli, command: Command, sending: Sending): Promise<Outcome> {
  const options = command.opts<{ wait?: boolean; dryRun?: boolean }>();
  const id = parsePostId(command.args[0] ?? "");
  const { desk } = await cli.session();
  const zone = cli.config.timezone ?? "UTC";
  const plan = (): Plan => {
    const instant = cli.now();
    return { instant, zone, wall: wallTime(instant, zone), late: "ask", notAfter: null };
  };
  if (options.dryRun === true) {
    const post = await loadPost(desk.orm, id);
    await sending.check(desk, post, plan);
    const outcome = shownPost(cli, post, [], { more: { dryRun: true } });
    return { ...outcome, text: `${outcome.text}\nNothing was sent (--dry-run).` };
  }
  const armed = await sending.arm(desk, id, plan);
  const { problem } = await ensureWorkerAfterArming(cli);
  if (options.wait !== true || problem !== undefined) {
    return shownPost(cli, armed, [`psn show ${id}`], { problem, brief: true });
  }
  const post = await follow(cli, id);
  return shownPost(cli, post, [], { problem: problemOf(post), brief: true });
}
