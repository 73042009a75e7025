import type { PostView } from "../../publishing/view.ts";

/** Where and when a post goes out, in a sentence. `local` is told as it is given, since a page outlives "in 25 h". */
export function planOf(view: PostView, local = view.local): string {
  const as = view.account === null ? "" : ` as ${view.account}`;
  if (view.intent === "undo" && view.status !== "failed") return "It is being deleted from X.";
  switch (view.status) {
    case "draft":
      if (view.account === null) return "A draft of nobody yet: whoever signs in next gets it.";
      if (local === null) return `A draft: nothing goes out before you approve it. It would go out${as}.`;
      return `A draft that kept its time, ${local}. It goes out${as} only when it is scheduled again.`;
    case "scheduled":
      return `Goes out${as} on ${local ?? "its time"}.${view.failure === null ? "" : ` It waits: ${view.failure.message}`}`;
    case "publishing":
      return `It is going out now${as}.`;
    case "published":
      return `It is out${as}.`;
    case "failed":
      return `It stopped: ${view.failure?.message ?? "it goes no further by itself."}`;
    default:
      return view.status satisfies never;
  }
}

/** The commands that go on from here. */
export function nextAfterPreview(
  { id, seal, status, account, tweets, local, scheduledAt }: PostView,
  now: Date,
): string[] {
  const tooLong = tweets.find(({ length, limit, state }) => state === "unsent" && length > limit);
  if (status !== "draft") return [`psn show ${id}`];
  if (tooLong !== undefined) return [`psn edit ${id} --tweet ${tooLong.n} --stdin`];
  if (account === null) return ["psn setup x-auth start"];
  const keepsTime = local !== null && scheduledAt !== null && new Date(scheduledAt) > now;
  const at = keepsTime ? "" : ' --at "tomorrow 9am"';
  return [`psn publish ${id} --expect ${seal}`, `psn schedule ${id} --expect ${seal}${at}`];
}

/** What X does with a post that can't be known here. */
export function unknownsOf(view: PostView, hasLink: boolean): string[] {
  const folded = view.tweets.some(({ length, limit }) => length > FOLDED_AFTER && length <= limit);
  return [
    ...(hasLink ? ["X may add a card of its own for a link, or show a linked post; that is not shown here."] : []),
    ...(folded ? [`X shows the first ${FOLDED_AFTER} characters of a long tweet, and the rest on “Show more”.`] : []),
  ];
}

const FOLDED_AFTER = 280;
