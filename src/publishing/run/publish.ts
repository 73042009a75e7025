import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import type { AlarmPayload } from "../../core/post/alarm.ts";
import { type Claimed, claim, release } from "../../db/claims.ts";
import { recordEvent } from "../../db/events.ts";
import { keepLane } from "../../db/lanes.ts";
import { loadAround, loadPost, type PostRow } from "../../db/posts.ts";
import { posts } from "../../db/schema.ts";
import { startOver } from "../../db/undo.ts";
import { withArming } from "../arming.ts";
import type { PressParts } from "../parts.ts";
import { checkBeforeSending } from "./checks.ts";
import { type End, failed, type Run } from "./context.ts";
import { enterLane } from "./lane.ts";
import { Lease, LeaseLost } from "./lease.ts";
import { sendTweets } from "./sendTweets.ts";
import { settleOpenAttempts } from "./settle.ts";
import { afterStop } from "./stop.ts";
import { undoTweets } from "./undoTweets.ts";
import { untilDue } from "./untilDue.ts";

/** What became of an alarm. */
export type RunOutcome =
  | { readonly kind: "published" | "undone" | "failed" | "cancelled" | "waiting" }
  /** Another process holds the post; look again when its lease could be over. */
  | { readonly kind: "held"; readonly until: Date }
  /** The alarm is older than the post, or the post needs nothing any more. */
  | { readonly kind: "stale"; readonly why: string }
  /** The post was taken over while this run held it. */
  | { readonly kind: "lost" };

/** Publishes one post, or takes it back, as far as it gets: the body of a run under every engine. */
export async function publishPost(parts: PressParts, alarm: AlarmPayload): Promise<RunOutcome> {
  const token = randomUUID();
  const asked = { monotonic: parts.monotonic(), wall: parts.now().getTime() };
  const claimed = await claim(parts.orm, alarm, token);
  if (claimed === undefined) return whyNot(parts, alarm);
  const lease = new Lease(parts, claimed.row.id, token, asked);
  try {
    await parts.at("claimed", claimed.row.id);
    return await publishHeld(parts, claimed, lease);
  } catch (error) {
    if (error instanceof LeaseLost) return { kind: "lost" };
    throw error;
  } finally {
    lease.stop();
  }
}

async function publishHeld(parts: PressParts, { row, unresolved }: Claimed, lease: Lease): Promise<RunOutcome> {
  const post = await loadAround(parts.orm, row);
  if (post.account === undefined) throw new Error(`post ${post.id} is armed and has no account`);
  const run: Run = { parts, post, account: post.account, lease, refusedVersion: undefined, granted: undefined };
  const end = row.intent === "undo" ? await undoTweets(run, unresolved) : await sendUnsent(run, unresolved);
  return end === "published" ? { kind: "published" } : letGo(run, end);
}

async function sendUnsent(run: Run, unresolved: boolean): Promise<End | "published"> {
  const end = await sendUnlessStopped(run, unresolved);
  // Who asked to stop does not wait for a limit; only for what X may have.
  const waits = end !== "published" && end.release.to === "scheduled" && end.release.subStatus !== "unconfirmed";
  return waits ? ((await afterStop(run)) ?? end) : end;
}

async function sendUnlessStopped(run: Run, unresolved: boolean): Promise<End | "published"> {
  return (
    (unresolved ? await settleOpenAttempts(run) : undefined) ??
    (run.post.row.stopRequested ? await afterStop(run) : undefined) ??
    (await checkBeforeSending(run)) ??
    (await untilDue(run)) ??
    (await enterLane(run)) ??
    (await sendTweets(run)) ??
    PUBLISHED
  );
}

const PUBLISHED: End = { release: { to: "published" }, event: "published", detail: {} };

/** Writes how the run ended and arms what comes next, together. */
async function letGo(run: Run, end: End): Promise<RunOutcome> {
  const { parts, post, lease } = run;
  const out = await outCount(run);
  const final = someAreOut(end, out);
  if (final.release.to === "scheduled") await parts.at("before_wait", post.id);
  const write = async (tx: Parameters<Parameters<typeof withArming>[1]>[0], arm?: (row: PostRow) => Promise<void>) => {
    const row = await release(tx, post.id, lease.token, final.release);
    if (row === undefined) throw new LeaseLost();
    // Thrown out of the transaction: the lease runs out, and the next run deletes that tweet too.
    if (isUndone(final) && !(await startOver(tx, post.id))) throw new Error(`a tweet of ${post.id} came out meanwhile`);
    if (post.tweets.length > 1) await keepLane(tx, post.id, keptUntil(final, out));
    if (!isSameWait(run, final)) await recordEvent(tx, post.id, final.event, final.detail);
    await arm?.(row);
  };
  if (final.release.to === "scheduled") await withArming(parts, write);
  else await parts.orm.transaction((tx) => write(tx));
  switch (final.release.to) {
    case "published":
      return { kind: "published" };
    case "failed":
      return { kind: "failed" };
    case "draft":
      return { kind: isUndone(final) ? "undone" : "cancelled" };
    case "scheduled":
      return { kind: "waiting" };
  }
}

/** Waiting on for the same reason is not told again: the story would be of nothing else. */
function isSameWait({ post: { row } }: Run, { release: how }: End): boolean {
  if (how.to !== "scheduled" || how.failure === undefined) return false;
  return row.subStatus === how.subStatus && row.failure?.code === how.failure.code;
}

const isUndone = ({ release: how }: End): boolean => how.to === "draft" && how.undone === true;

/** A thread that has begun keeps others out while it waits, unless nobody knows how long: then they go on. */
function keptUntil({ release: how }: End, out: number): Date | undefined {
  return how.to === "scheduled" && how.subStatus !== "unconfirmed" && out > 0 ? how.at : undefined;
}

/** A post that fails with tweets on X is partly out, whatever the reason was. */
function someAreOut(end: End, out: number): End {
  const { release: how } = end;
  if (out === 0 || how.to !== "failed" || how.subStatus !== null) return end;
  return { ...failed(how.failure, "thread_partial"), detail: { ...end.detail, out } };
}

async function outCount(run: Run): Promise<number> {
  const current = await loadPost(run.parts.orm, run.post.id);
  return current.tweets.filter((tweet) => tweet.state === "sent").length;
}

async function whyNot(parts: PressParts, alarm: AlarmPayload): Promise<RunOutcome> {
  const [row] = await parts.orm.select().from(posts).where(eq(posts.id, alarm.postId));
  if (row === undefined) return { kind: "stale", why: "no such post" };
  if (row.revision !== alarm.revision) return { kind: "stale", why: "the post was changed after this alarm was set" };
  if (row.alarm !== alarm.alarm) return { kind: "stale", why: "a later alarm was set" };
  if (row.status === "publishing" && row.leaseUntil !== null) return { kind: "held", until: row.leaseUntil };
  return { kind: "stale", why: `the post is ${row.status}` };
}
