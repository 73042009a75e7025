import type { PostId } from "../../core/post/id.ts";
import { loadPost } from "../../db/posts.ts";
import type { DeskParts } from "../../publishing/parts.ts";
import type { Cli } from "./cli.ts";

/**
 * Reads what a command was given for a post, opens the desk, and complains in the order of the exit codes: an unknown post
 * comes before a text or a file that won't do, and that before a database that does not answer.
 */
export async function givenFor<T>(
  cli: Cli,
  id: PostId,
  read: () => Promise<T> | T,
): Promise<{ readonly desk: DeskParts; readonly given: T }> {
  const [given] = await Promise.allSettled([Promise.resolve().then(read)]);
  const [session] = await Promise.allSettled([cli.session()]);
  if (given.status === "rejected") {
    if (session.status === "fulfilled") await loadPost(session.value.desk.orm, id);
    throw given.reason;
  }
  if (session.status === "rejected") throw session.reason;
  return { desk: session.value.desk, given: given.value };
}
