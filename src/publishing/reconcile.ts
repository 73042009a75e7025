import { recordEvent } from "../db/events.ts";
import { type Astray, findAstray, markMissed, ringAgain } from "../db/reconcile.ts";
import { withArming } from "./arming.ts";
import type { DeskParts } from "./parts.ts";

export interface Reconciled {
  /** Posts that are scheduled or being published: as long as there are any, a worker is needed. */
  readonly onTheirWay: number;
  readonly rearmed: number;
  readonly missed: number;
}

/**
 * Puts right what a dead process left: posts that lost their alarm, holders whose lease ran out, posts that are
 * too late to go out unasked. SQL only, never X; safe to repeat and to run in many processes at once, since
 * each change is a compare-and-set on the revision and the alarm number that were seen.
 */
export async function reconcile(parts: DeskParts): Promise<Reconciled> {
  const { onTheirWay, astray } = await findAstray(parts.orm, parts.now());
  let rearmed = 0;
  let missed = 0;
  for (const post of astray) {
    if (post.kind === "late" && (await miss(parts, post))) missed += 1;
    else if (await rearm(parts, post)) rearmed += 1;
  }
  return { onTheirWay: onTheirWay - missed, rearmed, missed };
}

async function miss(parts: DeskParts, post: Astray): Promise<boolean> {
  return parts.orm.transaction(async (tx) => {
    const done = await markMissed(tx, post);
    if (done) await recordEvent(tx, post.id, "missed");
    return done;
  });
}

async function rearm(parts: DeskParts, post: Astray): Promise<boolean> {
  // An alarm that the engine still has will ring when its worker is back.
  if (post.kind !== "abandoned" && post.kind !== "unresolved" && post.runId !== null) {
    const state = await (await parts.engine()).inspect(post.runId);
    if (state === "waiting") return false;
  }
  return withArming(parts, async (tx, arm) => {
    const row = await ringAgain(tx, post, parts.now());
    if (row === undefined) return false;
    await recordEvent(tx, post.id, "rearmed", { why: post.kind });
    await arm(row);
    return true;
  });
}
