import { resolve } from "node:path";
import { readEnvironment } from "../../config/environment.ts";
import { PsnError } from "../../core/errors.ts";
import { parsePostId } from "../../core/post/id.ts";
import { hasUrl } from "../../core/text/entities.ts";
import { loadPostWithImages } from "../../db/postImages.ts";
import { loadPost, type Post } from "../../db/posts.ts";
import { type PostView, viewOf } from "../../publishing/view.ts";
import { type Author, renderCards } from "../render/card.ts";
import { renderPage } from "../render/page.ts";
import { nextAfterPreview, planOf, unknownsOf } from "../render/plan.ts";
import { headline } from "../render/post.ts";
import { dim, green, harmless } from "../render/style.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { givenFor } from "../support/given.ts";
import { pageNumber } from "../support/input.ts";
import { checkPagePlace, writePage } from "../support/pageFile.ts";
import { previewedPage } from "../support/previewed.ts";

interface Options {
  html?: string;
  page: string;
}

export default defineCommand({
  name: "preview",
  summary: "Show a post as X will show it: as cards here, or as a page for a browser",
  examples: ["psn preview pk3v9x2m7", "psn preview pk3v9x2m7 --html preview.html"],
  configure: (command) =>
    command
      .argument("<id>", "the post")
      .option("--html <file>", "write one page that needs nothing else; an earlier preview there is replaced")
      .option("--page <n>", "with --json: which page of a long post's tweets", "1"),
  run: async (cli, command): Promise<Outcome> => {
    const options = command.opts<Options>();
    const page = pageNumber(options.page, "--page");
    const file = options.html === undefined ? null : fileNamed(options.html);
    const id = parsePostId(command.args[0] ?? "");
    if (file === null) {
      const { desk } = await cli.session();
      const post = await loadPost(desk.orm, id);
      const view = viewOf(post, cli.now());
      const data = previewedPage(view, null, page);
      return { data, text: inTerminal(view, authorOf(post), cli.now()) };
    }
    const { desk } = await givenFor(cli, id, () => checkPagePlace(file));
    const { post, images } = await loadPostWithImages(desk.orm, id);
    const view = viewOf(post, cli.now());
    const data = previewedPage(view, file, page);
    // A page is looked at later, when "in 25 h" is not true any more.
    const plan = planOf(view, view.local?.replace(/ \([^()]*\)$/, "") ?? null);
    const notes = [plan, ...unknownsOf(view, hasLink(view))];
    writePage(file, renderPage({ view, author: authorOf(post), images, notes }));
    const text = [
      `${green("✓")} The preview is at ${harmless(file)}: open it in a browser.`,
      ...hints(view, cli.now()),
    ];
    return { data, text: text.join("\n") };
  },
});

/** An absolute path, from where psn was called. No other ending: a caller may be let write pages, and nothing else. */
function fileNamed(file: string): string {
  if (/[^/]\.html$/i.test(file)) return resolve(readEnvironment().cwd, file);
  throw new PsnError("usage", "--html wants the name of a file that ends in .html.", {
    next: "psn preview ID --html preview.html",
  });
}

function inTerminal(view: PostView, author: Author, now: Date): string {
  const notes = [harmless(planOf(view)), ...unknownsOf(view, hasLink(view)).map(dim)];
  const cards = renderCards(view, author, process.stdout.columns ?? Number.POSITIVE_INFINITY);
  return [headline(view), "", cards, "", ...notes, ...hints(view, now)].join("\n");
}

const authorOf = ({ account }: Post): Author =>
  account === undefined ? { name: "Not signed in yet" } : { name: account.name, handle: `@${account.username}` };

const hasLink = ({ tweets }: PostView): boolean => tweets.some(({ text }) => hasUrl(text));

const hints = (view: PostView, now: Date): string[] => nextAfterPreview(view, now).map((next) => dim(`→ ${next}`));
