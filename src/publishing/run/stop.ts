import { eq } from "drizzle-orm";
import { loadPost } from "../../db/posts.ts";
import { posts } from "../../db/schema.ts";
import { type End, failed, type Run } from "./context.ts";

/** When the person asked to stop: a draft again if nothing is out, else a thread that ends here. */
export async function afterStop(run: Run): Promise<End | undefined> {
  const { parts, post } = run;
  const [row] = await parts.orm.select({ stop: posts.stopRequested }).from(posts).where(eq(posts.id, post.id));
  if (row?.stop !== true) return undefined;
  const tweets = (await loadPost(parts.orm, post.id)).tweets;
  const out = tweets.filter((tweet) => tweet.state === "sent").length;
  if (out === 0) return { release: { to: "draft" }, event: "cancelled", detail: {} };
  if (out === tweets.length) return undefined;
  return failed(
    {
      code: "stopped",
      message: `Stopped after ${out} of ${tweets.length} tweets, as you asked.`,
      next: `psn show ${post.id}`,
    },
    "thread_partial",
  );
}
