import { join } from "node:path";
import { PROJECT } from "../../tests/support/run-psn.ts";
import { armNow, openStage, type Process, type Stage, until } from "./stage.ts";
import { type Breach, judge } from "./verdict.ts";
import { type Written, write } from "./writing.ts";

/** What came of commands that were killed. */
export interface Interrupted {
  /** How many were killed before they had done anything, after, and not at all. */
  readonly before: number;
  readonly after: number;
  readonly finished: number;
  readonly breaches: readonly Breach[];
}

const ENDS_WITHIN_MS = 120_000;
/** The tables that approving writes, in their order; `pgboss.job` is also what a disarming waits for. */
export const STEPS = ["posts", "events", "pgboss.job"] as const;

/** Long enough for a command that must come first. */
const DUE_IN_MS = 8_000;

/** Workers end when they have nothing to do, so that a command has to start one. */
const openDesk = () => openStage({ PSN_IDLE_SECONDS: "1" });

/** Moments of a command's life, in milliseconds: from where it has loaded to well after its end, since others run besides. */
async function moments(times: number, command: Process): Promise<number[]> {
  const began = performance.now();
  await command.exited;
  const life = performance.now() - began;
  return Array.from({ length: times }, (_, n) => life * (0.5 + (1.3 * n) / times));
}

/** `psn publish`, killed at `times` moments of its life; the person repeats what has not happened. */
export async function interruptPublish(times: number, atOnce = 2): Promise<Interrupted> {
  const stage = await openDesk();
  try {
    const count = { before: 0, after: 0, finished: 0 };
    const whole = await write(stage.parts, "single", "Whole");
    const when = await moments(times, start(stage, ["publish", whole.id, "--expect", whole.seal]));
    const posts = await eachOf(times, atOnce, async (n) => {
      const post = await write(stage.parts, "single", `Interrupted${n}`);
      const ended = await killAfter(start(stage, ["publish", post.id, "--expect", post.seal]), when[n] ?? 0);
      await stage.person.ok("status");
      const armed = (await statusOf(stage, post)) !== "draft";
      count[ended === "finished" ? "finished" : armed ? "after" : "before"] += 1;
      if (!armed) await stage.person.ok(["publish", post.id, "--expect", post.seal]);
      return post;
    });
    return { ...count, breaches: await judgeAtEnd(stage, posts, "published") };
  } finally {
    await stage.leave();
  }
}

/** `psn cancel`, killed at `times` moments of its life, shortly before the post is due or while its thread goes out. */
export async function interruptCancel(of: "scheduled" | "thread", times: number, atOnce = 2): Promise<Interrupted> {
  const stage = await openDesk();
  try {
    if (of === "thread") {
      stage.world.addFault({
        match: { method: "POST", path: "/2/tweets" },
        times: "always",
        action: { kind: "delay", ms: 150 },
      });
    }
    const count = { before: 0, after: 0, finished: 0 };
    const whole = await write(stage.parts, "single", "Whole");
    const when = await moments(times, start(stage, ["cancel", whole.id]));
    const posts = await eachOf(times, atOnce, async (n) => {
      const post = await write(stage.parts, of === "thread" ? "thread" : "single", `Cancelled${n}`);
      if (of === "thread") {
        await armNow(stage.parts, post);
        await stage.person.ok("status");
        await until("its first tweet is out", () =>
          stage.world.tweets.inOrder().some(({ text }) => text === post.tweets[0]?.text),
        );
      } else await armNow(stage.parts, post, new Date(Date.now() + 1_500));
      const ended = await killAfter(start(stage, ["cancel", post.id]), when[n] ?? 0);
      const asked = await cancelAsked(stage, post);
      count[ended === "finished" ? "finished" : asked ? "after" : "before"] += 1;
      return post;
    });
    await stage.person.ok("status");
    return { ...count, breaches: await judgeAtEnd(stage, posts, "stopped") };
  } finally {
    await stage.leave();
  }
}

/** Kills `psn publish` or `psn cancel` while it waits to write this table. Returns how the post stands after that. */
export async function interruptAt(
  stage: Stage,
  command: "publish" | "cancel",
  table: (typeof STEPS)[number],
  mark: string,
): Promise<{ status: string; post: Written }> {
  const post = await write(stage.parts, "single", mark);
  if (command === "cancel") await armNow(stage.parts, post, new Date(Date.now() + DUE_IN_MS));
  const { sql } = stage.person.database;
  await sql.begin(async (tx) => {
    await tx.unsafe(`lock table ${table} in share row exclusive mode`);
    const running = start(
      stage,
      command === "publish" ? ["publish", post.id, "--expect", post.seal] : ["cancel", post.id],
    );
    await until(`psn waits for ${table}`, async () => {
      const [waiting] = await sql`
        select from pg_stat_activity
        where datname = current_database() and application_name = 'psn' and wait_event_type = 'Lock'`;
      return waiting !== undefined;
    });
    running.kill("SIGKILL");
    await running.exited;
  });
  // Its session sees now that nobody is there any more, and ends what it had begun.
  await until("the dead command's session ends", async () => {
    const rows =
      await sql`select from pg_stat_activity where datname = current_database() and application_name = 'psn' and state <> 'idle'`;
    return rows.length === 0;
  });
  return { status: await statusOf(stage, post), post };
}

function start(stage: Stage, words: readonly string[]): Process {
  return Bun.spawn([process.execPath, "--no-env-file", join(PROJECT, "src/cli/post.ts"), ...words, "--json"], {
    env: stage.person.env,
    cwd: stage.person.home,
    stdio: ["ignore", "ignore", "ignore"],
  });
}

async function killAfter(command: Process, ms: number): Promise<"killed" | "finished"> {
  await Promise.race([Bun.sleep(ms), command.exited]);
  command.kill("SIGKILL");
  await command.exited;
  return command.signalCode === "SIGKILL" ? "killed" : "finished";
}

async function statusOf(stage: Stage, { id }: Written): Promise<string> {
  const [row] = await stage.person.database.sql<{ status: string }[]>`select status from posts where id = ${id}`;
  return row?.status ?? "gone";
}

async function cancelAsked(stage: Stage, { id }: Written): Promise<boolean> {
  const rows = await stage.person.database
    .sql`select from events where post_id = ${id} and kind in ('cancelled', 'stop_asked')`;
  return rows.length > 0;
}

async function judgeAtEnd(stage: Stage, posts: readonly Written[], end: "published" | "stopped"): Promise<Breach[]> {
  const { sql } = stage.person.database;
  const over = async () => (await sql`select from posts where status in ('scheduled', 'publishing')`).length === 0;
  // One that is stuck is told by the judge.
  await until("every post ends", over, ENDS_WITHIN_MS).catch(() => undefined);
  return await judge(sql, stage.world, posts, end);
}

/** Does the same `times` times, `atOnce` at a time. */
export async function eachOf<T>(times: number, atOnce: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let n = next++; n < times; n = next++) results.push(await work(n));
    }),
  );
  return results;
}
