import { isLaneOpen, othersAreSending, takeLane } from "../../db/lanes.ts";
import { type End, type Run, wait } from "./context.ts";

/** A thread seldom takes longer; who waits longer leaves its place among the runs to others. */
const PATIENCE_MS = 3_000;
const LOOK_MS = 200;
const NEXT_TRY_MS = 2_000;

/**
 * A thread takes its account's lane, and lets the requests end that passed before it. Posts of one tweet take none:
 * they only keep out of a thread's way.
 */
export async function enterLane(run: Run): Promise<End | undefined> {
  const { parts, post, account, lease } = run;
  if (post.tweets.length === 1) return undefined;
  const holder = { id: post.id, leaseToken: lease.token };
  if (!(await inTime(run, () => takeLane(parts.orm, account.id, holder)))) {
    await lease.ensure(1);
    return laterOn(run);
  }
  const free = await inTime(run, async () => !(await othersAreSending(parts.orm, account.id, post.id)));
  return free ? undefined : laterOn(run);
}

/** Waits for the thread that has the lane. */
export async function letThreadPass(run: Run): Promise<End | undefined> {
  const { parts, post, account } = run;
  return (await inTime(run, () => isLaneOpen(parts.orm, account.id, post.id))) ? undefined : laterOn(run);
}

async function inTime({ parts }: Run, open: () => Promise<boolean>): Promise<boolean> {
  const until = parts.monotonic() + PATIENCE_MS;
  for (;;) {
    if (await open()) return true;
    if (parts.monotonic() >= until) return false;
    await parts.sleep(LOOK_MS);
  }
}

const laterOn = ({ parts }: Run): End => wait(new Date(parts.now().getTime() + NEXT_TRY_MS), null);
