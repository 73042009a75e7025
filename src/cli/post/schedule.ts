import { Option } from "commander";
import { PsnError } from "../../core/errors.ts";
import { parsePostId } from "../../core/post/id.ts";
import { describeWhen } from "../../core/time/describe.ts";
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
    // A time that was forgotten is a misuse, and comes before everything that the post itself may lack.
    if (options.at === undefined) keptTime(await loadPost(desk.orm, id), options);
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
      const { instant, zone } = await checkApproval(desk, post, options.expect, how);
      const local = describeWhen(instant, zone, cli.now());
      const outcome = shownPost(cli, post, notes, { more: { dryRun: true, at: instant.toISOString(), local, zone } });
      return { ...outcome, text: `${outcome.text}\nIt would go out ${local}. Nothing was changed (--dry-run).` };
    }
    const post = await approve(desk, id, options.expect, how);
    const after = await ensureWorkerAfterArming(cli);
    return shownPost(cli, post, notes, { ...after, brief: true, more: notes.length > 0 ? { notes } : {} });
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
  const { scheduledAt, zone, wall } = keptTime(post, options);
  // Read as if typed now: a time that has passed meanwhile is refused in the same words.
  const { instant } = await parseTime(cli, scheduledAt.toISOString(), post);
  return { instant, zone, wall };
}

/** Throws `usage` when the post never had a time. */
function keptTime({ id, row }: Post, options: Options): { scheduledAt: Date; zone: string; wall: string } {
  const { scheduledAt, zone, wallTime: wall } = row;
  if (scheduledAt !== null && zone !== null && wall !== null) return { scheduledAt, zone, wall };
  throw new PsnError("usage", "The post has no time yet: give one with --at.", {
    next: `psn schedule ${id} --expect ${options.expect} --at 'tomorrow 9am'`,
  });
}
