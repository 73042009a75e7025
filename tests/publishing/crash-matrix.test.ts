import { describe, expect, test } from "bun:test";
import { crash, describeTrial, type Result, type Trial } from "../../bench/support/crash.ts";
import { describeFrozen, type Frozen, freeze } from "../../bench/support/frozen.ts";
import { interruptAt, STEPS } from "../../bench/support/interrupted.ts";
import { openStage, until } from "../../bench/support/stage.ts";
import { judge } from "../../bench/support/verdict.ts";
import { write } from "../../bench/support/writing.ts";

/** A part of `bench/crashes.ts`, which kills at every place of every shape, each in a worker of its own. */
const TRIALS: readonly Trial[] = [
  { shape: "single", place: { point: "claimed", nth: 1 } },
  { shape: "thread", place: { point: "after_intent", nth: 4 } },
  { shape: "thread", place: { point: "answered", nth: 7 } },
  { shape: "thread", place: { point: "between_tweets", nth: 3 } },
  { shape: "thread", place: { point: "before_wait", nth: 4 } },
  { shape: "images", place: { point: "uploaded", nth: 3 } },
  { shape: "images", place: { held: "upload", nth: 2, acts: "never" } },
  { shape: "images", place: { held: "alt", nth: 2, acts: "before" } },
  { shape: "images", place: { held: "tweets", nth: 1, acts: "before" } },
  { shape: "thread", place: { held: "tweets", nth: 4, acts: "late" } },
  { shape: "thread", place: { held: "tweets", nth: 7, acts: "before" } },
];
const FROZEN: readonly Frozen[] = [
  { shape: "thread", point: "after_intent", nth: 3 },
  { shape: "thread", answer: "waits", nth: 3 },
];
const TIMEOUT = 90_000;

let killed: Promise<Result[]> | undefined;
/** All trials' posts are published by one worker, and it is killed when each of them is at its place. */
const results = (): Promise<Result[]> => {
  killed ??= crash(TRIALS);
  return killed;
};

describe.concurrent("a post goes out once, whole and in order, though the worker is killed", () => {
  for (const [n, trial] of TRIALS.entries()) {
    test(
      describeTrial(trial),
      async () => {
        expect((await results())[n]?.breaches).toEqual([]);
      },
      TIMEOUT,
    );
  }
});

describe.concurrent("a worker that stands still for longer than its lease sends nothing when it wakes up", () => {
  for (const frozen of FROZEN) {
    test(
      describeFrozen(frozen),
      async () => {
        expect(await freeze(frozen)).toMatchObject({ breaches: [], sentAwake: 0 });
      },
      TIMEOUT,
    );
  }
});

describe.concurrent("a worker that is killed while X holds its refresh of the sign-in", () => {
  for (const [acts, story] of [
    ["never", "loses nothing: another one refreshes, and the post goes out"],
    ["before", "loses the sign-in when X had acted: psn asks for a new one, and then the post goes out"],
  ] as const) {
    test(
      story,
      async () => {
        const stage = await openStage();
        try {
          const { world, person } = stage;
          const { sql } = person.database;
          const post = await write(stage.parts, "thread", "Refreshed");
          await sql`update oauth_tokens set expires_at = now() - interval '1 minute'`;
          const when = acts === "before" ? "after" : "before";
          world.addFault({ match: { method: "POST", path: "/2/oauth2/token" }, action: { kind: "hold", when } });
          const worker = await stage.startWorker();
          await stage.arm(post);
          await until("X holds the refresh", () => world.faults.view().some(({ holding }) => holding > 0));
          worker.kill("SIGKILL");
          await worker.exited;
          await sql`update oauth_tokens set refresh_lease = null, refresh_lease_until = null`;
          await sql`update posts set lease_until = now()`;
          await stage.startWorker();
          if (acts === "before") {
            await person.until(post.id, ({ subStatus }) => subStatus === "needs_reauth");
            await person.signIn();
          }

          await person.until(post.id, ({ status }) => status === "published");

          expect(await judge(sql, world, [post])).toEqual([]);
          expect((await person.ok("status")).attention).toEqual([]);
        } finally {
          await stage.leave();
        }
      },
      TIMEOUT,
    );
  }
});

test.concurrent(
  "a command that is killed while it approves has approved nothing, and can be repeated",
  async () => {
    const stage = await openStage();
    try {
      const posts = [];
      for (const table of STEPS) {
        const { status, post } = await interruptAt(stage, "publish", table, `Killed at ${table}`);
        expect(status).toBe("draft");
        posts.push(post);
      }
      const { person, world } = stage;
      for (const { id, seal } of posts) await person.ok(["publish", id, "--expect", seal, "--wait"]);

      expect(await judge(person.database.sql, world, posts)).toEqual([]);
    } finally {
      await stage.leave();
    }
  },
  TIMEOUT,
);
