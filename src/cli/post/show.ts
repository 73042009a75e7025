import { parsePostId } from "../../core/post/id.ts";
import { attemptsOf } from "../../db/attempts.ts";
import { eventsOf } from "../../db/events.ts";
import { loadPost } from "../../db/posts.ts";
import { spentOn } from "../../db/spend.ts";
import { spendLine } from "../render/spend.ts";
import { renderStory, storyOf } from "../render/story.ts";
import { clipped } from "../support/clip.ts";
import { defineCommand } from "../support/command.ts";
import { pageNumber } from "../support/input.ts";
import { shownPost } from "../support/shown.ts";

export default defineCommand({
  name: "show",
  summary: "Show a post: its tweets with counts, cost, warnings, what happened to it and what X billed",
  examples: ["psn show pk3v9x2m7", "psn show pk3v9x2m7 --json --page 2"],
  configure: (command) =>
    command.argument("<id>", "the post").option("--page <n>", "with --json: which page of a long post's tweets", "1"),
  run: async (cli, command) => {
    const page = pageNumber(command.opts<{ page: string }>().page, "--page");
    const id = parsePostId(command.args[0] ?? "");
    const { desk } = await cli.session();
    const post = await loadPost(desk.orm, id);
    const story = storyOf(await eventsOf(desk.orm, id), await attemptsOf(desk.orm, id));
    const latest = story.slice(-12).map(({ at, what }) => ({ at, what: clipped(what, 120) }));
    const spent = await spentOn(desk.orm, id);
    const more = { spent, story: latest, storyLines: story.length };
    const outcome = shownPost(cli, post, [], { page, more: page === 1 ? more : {} });
    const told = [...spendLine(spent), "", renderStory(story, cli.config.timezone ?? "UTC")];
    return { ...outcome, text: [outcome.text, ...told].join("\n") };
  },
});
