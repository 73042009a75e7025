import { PsnError } from "../../core/errors.ts";
import type { PostId } from "../../core/post/id.ts";
import { loadPost, type Post } from "../../db/posts.ts";
import type { Cli } from "./cli.ts";

const WAIT_MS = 90_000;
const LOOK_MS = 150;

/** Looks until the post is out, or stopped, or waits for something that takes longer than we do. */
export async function follow(cli: Cli, id: PostId): Promise<Post> {
  const { desk } = await cli.session();
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const post = await loadPost(desk.orm, id);
    const { status, alarmAt } = post.row;
    const waitsLonger = status === "scheduled" && alarmAt !== null && alarmAt.getTime() > until;
    if (status === "published" || status === "failed" || status === "draft" || waitsLonger) return post;
    if (Date.now() > until) {
      throw new PsnError("still_publishing", "The post is still on its way; it goes on without this command.", {
        next: `psn show ${id}`,
        details: { id, status, subStatus: post.row.subStatus },
      });
    }
    await Bun.sleep(LOOK_MS);
  }
}
