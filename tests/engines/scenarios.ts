import { expect } from "bun:test";
import { until } from "../../bench/support/stage.ts";
import { type End, judge } from "../../bench/support/verdict.ts";
import { type Shape, type Written, write } from "../../bench/support/writing.ts";
import type { AlarmPayload } from "../../src/core/post/alarm.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import { loadPost, type Post } from "../../src/db/posts.ts";
import { approve } from "../../src/publishing/approve.ts";
import { cancelPost } from "../../src/publishing/cancel.ts";
import { changeTweets } from "../../src/publishing/write.ts";
import type { FaultInput } from "../../src/sandbox/world/fault-script.ts";
import type { Arena } from "./arena.ts";
import { type Moment, standStill } from "./standstill.ts";

/** What a person may count on, whichever engine rings. Each has an account of its own; `mark` is in all its texts. */
export type Scenario = (arena: Arena, mark: string) => Promise<void>;

const CREATE = { method: "POST", path: "/2/tweets" } as const;
const TRIES = 3;
const SOON_MS = 1_200;

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "a single tweet goes out": (arena, mark) => goesOut(arena, mark, "single"),
  "a thread goes out in its order": (arena, mark) => goesOut(arena, mark, "thread"),
  "images go out with their tweets": (arena, mark) => goesOut(arena, mark, "images"),

  "killed before its intent is stored": (arena, mark) => diesAt(arena, mark, "single", { at: "intent", nth: 1 }),
  "killed between two tweets": (arena, mark) => diesAt(arena, mark, "thread", { at: "intent", nth: 4 }),
  "killed before X's answer is stored": (arena, mark) => diesAt(arena, mark, "thread", { at: "id", nth: 3 }),
  "killed while a wait is being written": (arena, mark) =>
    diesAt(arena, mark, "single", { at: "wait" }, { match: CREATE, action: limited(2) }),
  "killed with a request that X never acts on": (arena, mark) => diesHolding(arena, mark, "thread", CREATE, "never"),
  "killed with a request that X has acted on": (arena, mark) => diesHolding(arena, mark, "thread", CREATE, "before"),
  "killed in the middle of an upload": (arena, mark) =>
    diesHolding(arena, mark, "images", { method: "POST", path: "/2/media/upload" }, "before"),
  "killed in the middle of a refresh that X never acts on": async (arena, mark) => {
    await accountOf(arena, mark);
    arena.stage.world.expireAccessTokens();
    await diesHolding(arena, mark, "single", { method: "POST", path: "/2/oauth2/token" }, "never");
  },

  "an alarm that rings again and again sends nothing twice": async (arena, mark) => {
    const post = await armed(arena, mark, "thread");
    const alarm = alarmOf(await stored(arena, post));
    await Promise.all([ends(arena, post), arena.ringAgain(alarm), arena.ringAgain(alarm)]);
    await arena.ringAgain(alarm);
    await judged(arena, post);
  },

  "an old alarm does nothing after a cancel, an edit and a new time": async (arena, mark) => {
    const { parts } = arena.stage;
    const post = await draft(arena, mark, "single");
    await scheduleIn(arena, post, 3_600_000);
    const old = alarmOf(await stored(arena, post));
    await cancelPost(parts, parsePostId(post.id), 0);
    await arena.ringAgain(old);
    expect((await stored(arena, post)).row.status).toBe("draft");
    const edited = await edit(arena, post, `${mark}, changed.`);
    await arena.ringAgain(old);
    await scheduleIn(arena, edited, 7_200_000);
    await arena.ringAgain(old);
    expect((await stored(arena, post)).row).toMatchObject({ status: "scheduled", runId: expect.anything() });
    expect(textsAtX(arena, mark)).toEqual([]);
  },

  "what a cancel at the due time says is so": async (arena, mark) => {
    for (let n = 0; n < TRIES; n++) {
      const post = await draft(arena, `${mark} ${n}`, "single");
      await scheduleIn(arena, post, SOON_MS);
      await Bun.sleep(SOON_MS * (0.7 + (0.6 * n) / TRIES));
      const told = await cancelPost(arena.stage.parts, parsePostId(post.id), 10_000).then(
        ({ result }) => result,
        () => "published",
      );
      if (told === "draft") expect(textsAtX(arena, `${mark} ${n}`)).toEqual([]);
      else await judged(arena, post);
    }
  },

  "what goes out is what was approved, however late an edit comes": async (arena, mark) => {
    for (let n = 0; n < TRIES; n++) {
      const post = await draft(arena, `${mark} ${n}`, "single");
      await scheduleIn(arena, post, SOON_MS);
      await Bun.sleep(SOON_MS * (0.7 + (0.6 * n) / TRIES));
      const changed = await edit(arena, post, `${mark} ${n}, changed.`).then(
        () => true,
        () => false,
      );
      if (!changed) await judged(arena, post);
      else expect((await stored(arena, post)).row.status).toBe("draft");
      expect(textsAtX(arena, `${mark} ${n}`)).toEqual(changed ? [] : post.tweets.map(({ text }) => text));
    }
  },

  "a thread that X refused half-way goes on where it stopped": async (arena, mark) => {
    const { world } = arena.stage;
    const refusal = { kind: "answer", status: 403, body: { detail: "Tweet contains an invalid URL." } } as const;
    world.addFault({ match: { ...CREATE, bodyIncludes: `${mark}, tweet 4` }, action: refusal });
    const post = await armed(arena, mark, "thread");
    await ends(arena, post);
    expect(textsAtX(arena, mark)).toHaveLength(3);
    await approveNow(arena, post);
    await judged(arena, post);
  },

  "at X's limit a post waits under a new alarm, and then goes out": async (arena, mark) => {
    arena.stage.world.addFault({ match: { ...CREATE, bodyIncludes: `${mark}, tweet 3` }, action: limited(3_600) });
    const post = await armed(arena, mark, "thread");
    const first = alarmOf(await stored(arena, post));
    await until("it waits", async () => (await stored(arena, post)).row.subStatus === "rate_limited");
    await arena.ringAgain(first);
    expect(textsAtX(arena, mark)).toHaveLength(2);
    await arena.passTime(post.id);
    await judged(arena, post);
  },

  "what holds the account holds its posts, and lifts for all": async (arena, mark) => {
    const { world } = arena.stage;
    const action = { kind: "answer", status: 402, body: { title: "CreditsDepleted", detail: "No credits." } } as const;
    world.addFault({ match: { ...CREATE, bodyIncludes: mark }, action });
    const first = await armed(arena, `${mark} one`, "single");
    await until("it is held", async () => (await stored(arena, first)).row.subStatus === "out_of_credits");
    const second = await armed(arena, `${mark} two`, "single");
    await until("the other is held", async () => (await stored(arena, second)).row.subStatus === "out_of_credits");
    expect(textsAtX(arena, mark)).toEqual([]);
    await arena.stage.person.database.sql`update accounts set held_until = now() where held_until > now()`;
    await arena.passTime(first.id);
    await judged(arena, first);
    await judged(arena, second);
  },

  "more than half an hour late it is missed, and asks": async (arena, mark) => {
    const post = await draft(arena, mark, "single");
    await scheduleIn(arena, post, -31 * 60_000);
    await ends(arena, post);
    expect((await stored(arena, post)).row).toMatchObject({ status: "failed", subStatus: "missed" });
    expect(textsAtX(arena, mark)).toEqual([]);
  },

  "a sign-in that has run out is renewed once, and the post goes out": async (arena, mark) => {
    const { world } = arena.stage;
    await accountOf(arena, mark);
    const before = world.journal.calls()["POST /2/oauth2/token"] ?? 0;
    world.expireAccessTokens();
    await goesOut(arena, mark, "single");
    expect((world.journal.calls()["POST /2/oauth2/token"] ?? 0) - before).toBe(1);
  },
};

/** A 429 whose limit resets in so many seconds. */
const limited = (seconds: number) =>
  ({
    kind: "answer",
    status: 429,
    body: { title: "Too Many Requests", detail: "Too Many Requests", type: "about:blank", status: 429 },
    headers: {
      "x-rate-limit-limit": "100",
      "x-rate-limit-remaining": "0",
      "x-rate-limit-reset": `${Math.ceil(Date.now() / 1000) + seconds}`,
    },
  }) as const;

async function goesOut(arena: Arena, mark: string, shape: Shape): Promise<void> {
  await judged(arena, await armed(arena, mark, shape));
}

async function diesAt(arena: Arena, mark: string, shape: Shape, moment: Moment, fault?: FaultInput): Promise<void> {
  const { stage } = arena;
  if (fault !== undefined) stage.world.addFault(fault);
  const post = await draft(arena, mark, shape);
  const still = await standStill(stage.person.database.sql, post.id, moment);
  await approveNow(arena, post);
  await still.reached();
  await arena.kill();
  await still.end();
  await arena.recover();
  if (moment.at === "wait") await endsOrWaits(arena, post);
  await judged(arena, post);
}

/** `acts`: what X does with the request that it holds when the process dies. */
async function diesHolding(
  arena: Arena,
  mark: string,
  shape: Shape,
  match: NonNullable<FaultInput["match"]>,
  acts: "never" | "before",
): Promise<void> {
  const { world } = arena.stage;
  const action =
    acts === "before"
      ? ({ kind: "hold", when: "after" } as const)
      : ({ kind: "hold", when: "before", next: { kind: "drop", when: "before" } } as const);
  world.addFault({ match, action });
  const post = await armed(arena, mark, shape);
  await until("X holds it", () => world.faults.view().some(({ holding }) => holding > 0));
  await arena.kill();
  world.release();
  await arena.recover();
  await judged(arena, post);
}

/** A limit that was met as the process died is met no more, or is waited for. */
async function endsOrWaits(arena: Arena, post: Written): Promise<void> {
  await until("it ends or waits", async () => {
    const { status, subStatus } = (await stored(arena, post)).row;
    return status === "published" || subStatus === "rate_limited";
  });
  if ((await stored(arena, post)).row.status === "scheduled") await arena.passTime(post.id);
}

const stored = ({ stage }: Arena, { id }: Pick<Written, "id">): Promise<Post> =>
  loadPost(stage.parts.orm, parsePostId(id));
const alarmOf = ({ row: { id, revision, alarm } }: Post): AlarmPayload => ({ postId: id, revision, alarm });

async function draft(arena: Arena, mark: string, shape: Shape): Promise<Written> {
  return await write(arena.stage.parts, shape, mark, await accountOf(arena, mark));
}

/** One account for each scenario: what holds one holds no other. */
async function accountOf({ stage }: Arena, mark: string): Promise<string> {
  const handle = mark.split(" ")[0] ?? mark;
  const [known] = await stage.person.database.sql<{ id: string }[]>`select id from accounts where username = ${handle}`;
  return known?.id ?? (await stage.account(handle));
}

const approveNow = (arena: Arena, post: Written): Promise<void> => arena.stage.arm(post);

async function armed(arena: Arena, mark: string, shape: Shape): Promise<Written> {
  const post = await draft(arena, mark, shape);
  await approveNow(arena, post);
  return post;
}

async function scheduleIn({ stage: { parts } }: Arena, { id, seal }: Written, ms: number): Promise<void> {
  const instant = new Date(Date.now() + ms);
  const plan = () =>
    ({ instant, zone: "UTC", wall: instant.toISOString().slice(0, 16), late: "ask", notAfter: null }) as const;
  await approve(parts, parsePostId(id), seal, { event: "scheduled", plan });
}

async function edit({ stage: { parts } }: Arena, post: Written, text: string): Promise<Written> {
  const changed = await changeTweets(parts, parsePostId(post.id), (content) => ({
    ...content,
    tweets: content.tweets.map((tweet, n) => (n === 0 ? { ...tweet, text } : tweet)),
  }));
  return { ...post, seal: changed.seal, tweets: [{ text, images: [] }, ...post.tweets.slice(1)] };
}

async function ends(arena: Arena, post: Written): Promise<void> {
  await until(`${post.id} ends`, async () => {
    const { status } = (await stored(arena, post)).row;
    return status !== "scheduled" && status !== "publishing";
  });
}

/** It ends as it should, and X and psn's books agree on every tweet of it. */
async function judged(arena: Arena, post: Written, end: End = "published"): Promise<void> {
  await ends(arena, post);
  expect(await judge(arena.stage.person.database.sql, arena.stage.world, [post], end)).toEqual([]);
}

const textsAtX = ({ stage }: Arena, mark: string): string[] =>
  stage.world.tweets.inOrder().flatMap(({ text }) => (text.startsWith(mark) ? [text] : []));
