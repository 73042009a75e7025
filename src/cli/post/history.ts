import { parsePostId } from "../../core/post/id.ts";
import { wallTime } from "../../core/time/describe.ts";
import { loadPost, type Post } from "../../db/posts.ts";
import { listVersions, loadVersion, type Version } from "../../db/versions.ts";
import { versionNotFound } from "../../publishing/errors.ts";
import { wordsOf } from "../../publishing/view.ts";
import { renderTweet } from "../render/post.ts";
import { bold, dim } from "../render/style.ts";
import { howOf, renderVersions, type VersionLine } from "../render/versions.ts";
import type { Cli } from "../support/cli.ts";
import { clipped, sizeOf } from "../support/clip.ts";
import { defineCommand, type Outcome } from "../support/command.ts";
import { pageNumber, versionNumber } from "../support/input.ts";
import { pageAmong, pageOf } from "../support/page.ts";

const BEGINNING_BYTES = 120;

export default defineCommand({
  name: "history",
  summary: "List a post's earlier contents, newest first, or show one of them",
  examples: ["psn history pk3v9x2m7", "psn history pk3v9x2m7 --version 2"],
  configure: (command) =>
    command
      .argument("<id>", "the post")
      .option("--version <n>", "show the tweets of this version")
      .option("--page <n>", "with --json: which page of a long answer", "1"),
  run: async (cli, command) => {
    const options = command.opts<{ version?: string; page: string }>();
    const page = pageNumber(options.page, "--page");
    const n = options.version === undefined ? undefined : versionNumber(options.version, "--version");
    const id = parsePostId(command.args[0] ?? "");
    const { desk } = await cli.session();
    const post = await loadPost(desk.orm, id);
    if (n === undefined) return listed(cli, post, await listVersions(desk.orm, id), page);
    const version = await loadVersion(desk.orm, id, n);
    if (version === undefined) throw versionNotFound(id, n);
    return showVersion(cli, post, version, page);
  },
});

function listed(cli: Cli, post: Post, noted: Awaited<ReturnType<typeof listVersions>>, page: number): Outcome {
  const lines: VersionLine[] = noted.map(({ n, at, how, seal, tweets, images, beginning }) => ({
    n,
    at: at.toISOString(),
    how: howOf(how),
    seal: seal?.slice(0, 8) ?? null,
    tweets,
    images,
    text: clipped(beginning, BEGINNING_BYTES),
    current: n === noted.length,
    approved: seal !== null && seal === post.row.approvedSeal,
  }));
  const hints = lines.length < 2 ? [] : [`psn history ${post.id} --version 1`, `psn revert ${post.id} --to 1`];
  const { items: versions, ...paging } = pageAmong(post.id, lines, page, sizeOf);
  return {
    data: { id: post.id, versions, ...paging },
    text: [renderVersions(lines, cli.config.timezone ?? "UTC"), ...hints.map((hint) => dim(`→ ${hint}`))].join("\n"),
  };
}

function showVersion(cli: Cli, { id, limit }: Post, { n, at, how, seal, content }: Version, page: number): Outcome {
  const tweets = content.tweets.map((_, index) => ({
    ...wordsOf(content, index, limit),
    ...({ state: "unsent", id: null, url: null } as const),
  }));
  const head = { version: n, at: at.toISOString(), how: howOf(how), seal: seal?.slice(0, 8) ?? null };
  const when = wallTime(at, cli.config.timezone ?? "UTC").replace("T", " ");
  const title = [bold(id), `version ${n}`, head.how, dim(when)].join(dim("  ·  "));
  const text = [title, "", ...tweets.flatMap((tweet) => [...renderTweet(tweet, tweets.length), ""])];
  return {
    data: pageOf({ id, ...head, tweets, warnings: [] }, page),
    text: [...text, dim(`→ psn revert ${id} --to ${n}`)].join("\n"),
  };
}
