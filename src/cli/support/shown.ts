import { EXIT, type ExitCode } from "../../core/errors.ts";
import { shortSeal } from "../../core/post/seal.ts";
import type { Warning } from "../../core/post/warnings.ts";
import type { Post } from "../../db/posts.ts";
import { type PostView, type TweetView, viewOf } from "../../publishing/view.ts";
import { renderPost } from "../render/post.ts";
import { dim } from "../render/style.ts";
import type { Cli } from "./cli.ts";
import type { Outcome } from "./command.ts";

/** Bytes of tweets that fit one JSON reply: callers cut replies that are longer than 10 kB or so. */
const PAGE_BYTES = 7_000;

/** A post as a command's outcome. `page` is for posts whose tweets don't fit one reply. */
export function shownPost(
  cli: Cli,
  post: Post,
  hints: readonly string[] = [],
  options: { page?: number; exit?: ExitCode; more?: Record<string, unknown>; warnings?: readonly Warning[] } = {},
): Outcome {
  const seen = viewOf(post, cli.now());
  const view = { ...seen, warnings: [...seen.warnings, ...(options.warnings ?? [])] };
  const text = [renderPost(view), ...hints.map((hint) => dim(`→ ${hint}`))].join("\n");
  return { data: { ...paged(view, options.page ?? 1), ...options.more }, text, exit: options.exit ?? EXIT.ok };
}

export function nextAfterDraft(cli: Cli, post: Post): string[] {
  const seal = shortSeal(post.seal);
  if (cli.json) return [];
  return [`psn publish ${post.id} --expect ${seal}`, `psn schedule ${post.id} --expect ${seal} --at "tomorrow 9am"`];
}

/** The tweets of one page; with more than one page, `page` and `pages` tell so. */
function paged(view: PostView, page: number): PostView & { page?: number; pages?: number } {
  const pages: TweetView[][] = [[]];
  let bytes = 0;
  for (const tweet of view.tweets) {
    const size = Buffer.byteLength(JSON.stringify(tweet));
    if (bytes > 0 && bytes + size > PAGE_BYTES) {
      pages.push([]);
      bytes = 0;
    }
    pages.at(-1)?.push(tweet);
    bytes += size;
  }
  if (pages.length === 1) return view;
  const tweets = pages[page - 1] ?? [];
  const shown = new Set(tweets.map((tweet) => tweet.n));
  // A warning belongs to the page of its tweet; one about the whole post to the first.
  const warnings = view.warnings.filter((w) => (w.tweet === undefined ? page === 1 : shown.has(w.tweet)));
  return { ...view, tweets, warnings, page, pages: pages.length };
}
