import { shortSeal } from "../../core/post/seal.ts";
import type { Queryable } from "../../db/connection.ts";
import type { Post } from "../../db/posts.ts";
import { type UndoProgress, undoProgress } from "../../db/undo.ts";
import { type End, failed, type Run } from "./context.ts";

/** The command that takes a post back, or goes on with it. */
export const undoCommand = (post: Pick<Post, "id" | "seal">): string =>
  `psn undo ${post.id} --expect ${shortSeal(post.seal)}`;

/** Everything that was out is deleted: a draft again. */
export async function undone({ parts, post }: Run): Promise<End> {
  const { deleted, usd } = await undoProgress(parts.orm, post.id);
  return { release: { to: "draft", undone: true }, event: "undone", detail: { deleted, usd } };
}

/**
 * How an undo ends that the person stops, or undefined when there is nothing left to stop: as if it had never been asked
 * for when nothing is deleted yet, else as a thread that is partly out.
 */
export async function stoppedUndo(db: Queryable, { id }: Pick<Post, "id">): Promise<End | undefined> {
  const progress = await undoProgress(db, id);
  const { out, unsent, deleted } = progress;
  if (out === 0 && deleted > 0) return undefined;
  if (deleted === 0 && unsent === 0 && out > 0) {
    return { release: { to: "published", again: true }, event: "undo_cancelled", detail: {} };
  }
  const failure = {
    code: "stopped",
    message: `The undo was stopped, as you asked; ${sentenceOf(progress)}`,
    next: `psn show ${id}`,
  };
  return {
    release: {
      to: "failed",
      subStatus: "thread_partial",
      failure,
      ...(deleted === 0 ? { intent: "publish" as const } : {}),
    },
    event: "failed",
    detail: { code: failure.code, message: failure.message, deleted, out },
  };
}

/** What ends a publishing ends an undo in its own words: it is gone on with by the same command that began it. */
export async function asUndo({ parts, post }: Run, end: End): Promise<End> {
  const { release: how } = end;
  if (how.to !== "failed") return end;
  const next = undoCommand(post);
  if (how.subStatus === "unconfirmed") {
    return how.failure.next.startsWith("psn retry ") ? failed({ ...how.failure, next }, "unconfirmed") : end;
  }
  const progress = await undoProgress(parts.orm, post.id);
  const message = `The undo stopped; ${sentenceOf(progress)} ${how.failure.message}`;
  const stopped = failed({ code: "undo_stopped", message, next }, "thread_partial");
  return { ...stopped, detail: { ...stopped.detail, why: how.failure.code } };
}

/** "2 of 5 tweets are deleted." */
function sentenceOf({ deleted, out }: UndoProgress): string {
  const all = deleted + out;
  if (all === 1) return "its tweet is still out.";
  return `${deleted} of ${all} tweets ${deleted === 1 ? "is" : "are"} deleted.`;
}
