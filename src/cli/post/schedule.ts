import { Option } from "commander";
import { PsnError } from "../../core/errors.ts";
import { parsePostId } from "../../core/post/id.ts";
import type { Post } from "../../db/posts.ts";
import { loadPost } from "../../db/posts.ts";
import { approve, checkApproval, type Plan } from "../../publishing/approve.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { shownPost } from "../support/shown.ts";
import { parseTime } from "../support/time.ts";
import { ensureWorkerAfterArming } from "../support/worker.ts";

interface Options {
  expect: string;
  at?: string;
  late: "ask" | "publish";
  notAfter?: string;
  dryRun?: boolean;
}

export default defineCommand({
  name: "schedule",
  summary: "Approve a post for a time",
  examples: [
    "psn schedule pk3v9x2m7 --expect 3fa4b1c2 --at 'tomorrow 9am'",
    "psn schedule pk3v9x2m7 --expect 3fa4b1c2 --at 2026-12-01T09:00 --late publish",
  ],
  configure: (command) =>
    command
      .argument("<id>", "the post")
      .requiredOption("--expect <seal>", "the seal of what you approve, as shown with the post")
      .option("--at <time>", "ISO, local time or words such as 'tomorrow 9am'; without it, the time the post kept")
      .addOption(
        new Option("--late <policy>", "over 30 minutes late: ask first, or publish all the same")
          .choices(["ask", "publish"])
          .default("ask"),
      )
      .option("--not-after <time>", "never publish it after this time")
      .option("--dry-run", "check everything and change nothing"),
  run: async (cli, command): Promise<Outcome> => {
    const options = command.opts<Options>();
    const id = parsePostId(command.args[0] ?? "");
    const { desk } = await cli.session();
    const notes: string[] = [];
    const plan = async (post: Post): Promise<Plan> => {
      const at = await planTime(cli, post, options, notes);
      const notAfter = options.notAfter === undefined ? null : (await parseTime(cli, options.notAfter, post)).instant;
      if (notAfter !== null && notAfter <= at.instant) {
        throw new PsnError("time_invalid", "--not-after lies before the time of the post.", {
          next: `psn schedule ${id} --expect ${options.expect} --at ${JSON.stringify(options.at ?? "TIME")}`,
        });
      }
      return { ...at, late: options.late, notAfter };
    };
    const how = { event: "scheduled", plan } as const;
    if (options.dryRun === true) {
      const post = await loadPost(desk.orm, id);
      const { instant } = await checkApproval(desk, post, options.expect, how);
      const outcome = shownPost(cli, post, [], { more: { dryRun: true, at: instant.toISOString() } });
      return { ...outcome, text: `${outcome.text}\nNothing was changed (--dry-run).` };
    }
    const post = await approve(desk, id, options.expect, how);
    const warnings = await ensureWorkerAfterArming(cli);
    return shownPost(cli, post, notes, { warnings, more: notes.length > 0 ? { notes } : {} });
  },
});

/** The time that was asked for, or the one that the post kept when it was edited or cancelled. */
async function planTime(
  cli: Parameters<typeof parseTime>[0],
  post: Post,
  options: Options,
  notes: string[],
): Promise<{ instant: Date; zone: string; wall: string }> {
  if (options.at !== undefined) {
    const when = await parseTime(cli, options.at, post);
    notes.push(...when.notes);
    return when;
  }
  const { scheduledAt, zone, wallTime } = post.row;
  if (scheduledAt === null || zone === null || wallTime === null) {
    throw new PsnError("usage", "The post has no time yet: give one with --at.", {
      next: `psn schedule ${post.id} --expect ${options.expect} --at 'tomorrow 9am'`,
    });
  }
  // Read as if typed now: a time that has passed meanwhile is refused in the same words.
  return parseTime(cli, scheduledAt.toISOString(), post).then(({ instant }) => ({ instant, zone, wall: wallTime }));
}
