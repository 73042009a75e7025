import { PsnError } from "../../core/errors.ts";
import type { Warning } from "../../core/post/warnings.ts";
import type { Post } from "../../db/posts.ts";
import { viewOf } from "../../publishing/view.ts";
import { nextAfterPreview } from "../render/plan.ts";
import { renderBrief, renderPost } from "../render/post.ts";
import { dim } from "../render/style.ts";
import type { Cli } from "./cli.ts";
import type { Outcome } from "./command.ts";
import { pageOf } from "./page.ts";

interface ShownOptions {
  /** For posts whose tweets don't fit one reply. @default 1 */
  readonly page?: number;
  readonly more?: Record<string, unknown>;
  readonly warnings?: readonly Warning[];
  readonly problem?: PsnError | undefined;
  /** For people: what was done, without showing the words again. @default false */
  readonly brief?: boolean;
}

/** A post as a command's outcome. */
export function shownPost(
  cli: Cli,
  post: Post,
  hints: readonly string[] = [],
  { page = 1, more = {}, warnings = [], problem, brief = false }: ShownOptions = {},
): Outcome {
  const seen = viewOf(post, cli.now());
  const view = { ...seen, warnings: [...seen.warnings, ...warnings] };
  const text = [brief ? renderBrief(view) : renderPost(view), ...hints.map((hint) => dim(`→ ${hint}`))].join("\n");
  const outcome = { data: { ...pageOf(view, page), ...more }, text };
  return problem === undefined ? outcome : { ...outcome, problem };
}

export const nextAfterDraft = (cli: Cli, post: Post): string[] =>
  cli.json ? [] : nextAfterPreview(viewOf(post, cli.now()), cli.now());

/** What is wrong with a post that stopped or waits, as the command that followed it tells. Undefined: it is out. */
export function problemOf({ id, row, tweets }: Post): PsnError | undefined {
  const { status, subStatus, failure } = row;
  const problem = (code: ConstructorParameters<typeof PsnError>[0], otherwise: string) =>
    new PsnError(code, failure?.message ?? otherwise, { next: failure?.next ?? `psn show ${id}` });
  if (status === "published") return undefined;
  if (status === "draft") return problem("wrong_state", "It was cancelled before anything went out.");
  switch (subStatus) {
    case "needs_reauth":
      // The same wait for two causes: the sign-in is over, or the app's own secret is wrong.
      return problem(failure?.code === "x_app_refused" ? "x_app_refused" : "sign_in_needed", "It waits for a sign-in.");
    case "rate_limited":
      return problem("held", "X's rate limit holds it; it goes on by itself.");
    case "out_of_credits":
      return problem("held", "X holds it until there are credits.");
    case "unconfirmed":
      return problem("unconfirmed", "X may have one of its tweets; psn is finding out.");
    default:
  }
  if (status === "scheduled" && failure !== null) return problem("held", failure.message);
  if (status !== "failed")
    return problem("still_publishing", "It is still on its way; it goes on without this command.");
  const out = tweets.filter((tweet) => tweet.state === "sent").length;
  return out > 0
    ? problem("partly_out", `${out} of its ${tweets.length} tweets are out.`)
    : problem("publish_failed", "It stopped.");
}
