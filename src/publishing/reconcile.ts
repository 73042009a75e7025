import { eq } from "drizzle-orm";
import type { PsnError } from "../core/errors.ts";
import { recordEvent } from "../db/events.ts";
import { type Astray, findAstray, markMissed, ringAgain } from "../db/reconcile.ts";
import { posts } from "../db/schema.ts";
import { armAgain, isEngineFailure, withArming } from "./arming.ts";
import type { DeskParts } from "./parts.ts";

export interface Reconciled {
  /** Posts of this process's engine that are scheduled or being published: as long as there are any, it is needed. */
  readonly onTheirWay: number;
  /** The same of the other engine. */
  readonly elsewhere: number;
  readonly rearmed: number;
  readonly missed: number;
  /** Why some could not be armed: what is left is for the next time. */
  readonly problem: PsnError | undefined;
}

/**
 * Puts right what a dead process left: posts that lost their alarm, holders whose lease ran out, posts that are
 * too late to go out unasked. An engine sees to its own posts: two that took each other's would never end. SQL and the
 * engine only, never X; safe to repeat and to run in many processes at once, since each change is a compare-and-set on
 * the revision and the alarm number that were seen.
 */
export async function reconcile(parts: DeskParts): Promise<Reconciled> {
  const { onTheirWay, elsewhere, astray } = await findAstray(parts.orm, parts.now(), parts.engineName);
  let rearmed = 0;
  let missed = 0;
  let problem: PsnError | undefined;
  const noting: DeskParts = {
    ...parts,
    onUnarmed: (unarmed) => {
      problem ??= unarmed;
    },
  };
  for (const post of astray) {
    if (post.kind === "late" && (await miss(parts, post))) missed += 1;
    // Who does not answer once is not asked again and again.
    else if (post.own && problem === undefined) {
      try {
        if (await rearm(noting, post)) rearmed += 1;
      } catch (error) {
        if (!isEngineFailure(error)) throw error;
        problem = error;
      }
    }
  }
  return { onTheirWay: onTheirWay - missed, elsewhere, rearmed, missed, problem };
}

async function miss(parts: DeskParts, post: Astray): Promise<boolean> {
  return parts.orm.transaction(async (tx) => {
    const done = await markMissed(tx, post);
    if (done) await recordEvent(tx, post.id, "missed");
    return done;
  });
}

async function rearm(parts: DeskParts, post: Astray): Promise<boolean> {
  if (post.kind === "unarmed") {
    const [row] = await parts.orm.select().from(posts).where(eq(posts.id, post.id));
    const same = row !== undefined && row.revision === post.revision && row.alarm === post.alarm;
    if (same && (await armAgain(parts, row))) return true;
  } else if (post.kind !== "abandoned" && post.kind !== "unresolved" && post.runId !== null) {
    const engine = await parts.engine();
    const state = await engine.inspect(post.runId);
    // An alarm that the engine still has will ring when its worker is back.
    if (state === "waiting") return false;
    if (state === "running" && post.overdueMs < engine.claimsWithinMs) return false;
  }
  return withArming(parts, async (tx, arm) => {
    const row = await ringAgain(tx, post, parts.now());
    if (row === undefined) return false;
    await recordEvent(tx, post.id, "rearmed", { why: post.kind });
    await arm(row);
    return true;
  });
}
