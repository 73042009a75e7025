import { fileURLToPath } from "node:url";
import { PsnError } from "../../src/core/errors.ts";
import { editTweet } from "../../src/core/post/content.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import type { Post } from "../../src/db/posts.ts";
import { cancelPost } from "../../src/publishing/cancel.ts";
import { changeTweets } from "../../src/publishing/write.ts";
import type { RanOf } from "../../tests/support/run-psn.ts";
import { editedText, firstText, type RacePlan } from "./race-plan.ts";
import { judgeRaces, type RaceBreach, type Raced, type Told } from "./race-verdict.ts";
import { armNow, openStage, type Process, type Stage, until } from "./stage.ts";
import { type Written, writeTweets } from "./writing.ts";

const PUBLISHER = fileURLToPath(new URL("publisher.ts", import.meta.url));
/** From the writing of a post to its due time: longer than the engine rings early. */
const AHEAD_MS = 4_000;
const WAITS_FOR_OPEN_ATTEMPT_MS = 20_000;
/** Nothing came to an end for this long: what is left is stuck, and the judge tells it. */
const PATIENCE_MS = 180_000;
/** An alarm that should be dead would have rung by then. */
const AFTERWARDS_MS = 1_500;
const READ_LAG_MS = 300;

export interface Races {
  readonly races: readonly Raced[];
  readonly breaches: readonly RaceBreach[];
  readonly seconds: number;
}

/**
 * Publishes one post for each plan on the local engine, by a real worker and a second publisher that delivers alarms
 * twice, one due every `everyMs`; does to it what the plan says, from this process; and judges when all are over.
 */
export async function race(plans: readonly RacePlan[], accounts: number, everyMs: number): Promise<Races> {
  const began = performance.now();
  const stage = await openStage();
  let publisher: Process | undefined;
  try {
    const racing = await Racing.on(stage, accounts);
    await stage.startWorker();
    publisher = startPublisher(stage);
    const start = Date.now() + AHEAD_MS + 500;
    const races = await Promise.all(plans.map((plan) => racing.run(plan, new Date(start + plan.n * everyMs))));
    await racing.untilOver();
    await Bun.sleep(AFTERWARDS_MS);
    const breaches = await judgeRaces(stage.person.database.sql, stage.world, races);
    return { races, breaches, seconds: (performance.now() - began) / 1000 };
  } finally {
    publisher?.kill("SIGKILL");
    await publisher?.exited;
    await stage.leave();
  }
}

function startPublisher({ person }: Stage): Process {
  return Bun.spawn([process.execPath, "--no-env-file", PUBLISHER], {
    env: { ...person.env, PSN_SOAK_SEED: "1" },
    cwd: person.home,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** What the person was told, and how the post was then. */
interface Answer {
  readonly told: Told;
  readonly code?: string;
  readonly out: number;
  readonly seal: string;
}

class Racing {
  readonly #stage: Stage;
  readonly #accounts: readonly string[];
  /** How long a command line takes to come to its work, in milliseconds. */
  readonly #startMs: number;

  private constructor(stage: Stage, accounts: readonly string[], startMs: number) {
    this.#stage = stage;
    this.#accounts = accounts;
    this.#startMs = startMs;
  }

  static async on(stage: Stage, count: number): Promise<Racing> {
    const { person, world } = stage;
    world.configure({ readLagMs: READ_LAG_MS });
    const accounts: string[] = [];
    for (let n = 0; n < count; n++) {
      accounts.push(await stage.account(`racer${n}`));
    }
    const before = performance.now();
    await person.psn(["show", "p00000000", "--json"]);
    return new Racing(stage, accounts, performance.now() - before);
  }

  async run(plan: RacePlan, due: Date): Promise<Raced> {
    const { parts, world } = this.#stage;
    await untilThen(due.getTime() - AHEAD_MS);
    for (const fault of plan.faults) world.addFault(fault);
    const first = Array.from({ length: plan.tweets }, (_, i) => firstText(plan.n, i + 1));
    const written = await this.#write(first, plan.account);
    await armNow(parts, written, due);
    await untilThen(due.getTime() + plan.offsetMs - (plan.by === "command" ? this.#startMs : 0));
    const { told, code, out, seal } = await (plan.by === "command"
      ? this.#command(plan, written)
      : this.#call(plan, written));
    const requestsWhenTold = this.#requests();
    const texts = first.map((text, i) =>
      told === "edited" && i + 1 === plan.tweet ? editedText(plan.n, i + 1) : text,
    );
    const post = { ...written, seal, tweets: texts.map((text) => ({ text, images: [] })) };
    let requestsWhenApproved: number | undefined;
    if (told === "edited" && plan.again !== "not") {
      requestsWhenApproved = this.#requests();
      await this.#approve(plan, post, due);
    }
    return {
      plan,
      told,
      ...(code === undefined ? {} : { code }),
      first,
      post,
      outWhenTold: out,
      requestsWhenTold,
      requestsWhenApproved,
    };
  }

  async untilOver(): Promise<void> {
    const { sql } = this.#stage.person.database;
    const left = async () => (await sql`select from posts where status in ('scheduled', 'publishing')`).length;
    await until("every post ends", async () => (await left()) === 0, PATIENCE_MS).catch(() => undefined);
  }

  #requests(): number {
    return this.#stage.world.journal.attempts().length;
  }

  #write(texts: readonly string[], account: number): Promise<Written> {
    const tweets = texts.map((text) => ({ text, images: 0 }));
    return writeTweets(this.#stage.parts, tweets, this.#accounts[account]);
  }

  async #call({ act, n, tweet }: RacePlan, { id }: Written): Promise<Answer> {
    const { parts } = this.#stage;
    try {
      if (act === "edit") {
        const post = await changeTweets(parts, parsePostId(id), (content) =>
          editTweet(content, tweet, editedText(n, tweet)),
        );
        return { told: "edited", ...asItIs(post) };
      }
      const { result, post } = await cancelPost(parts, parsePostId(id), WAITS_FOR_OPEN_ATTEMPT_MS);
      return { told: result, ...asItIs(post) };
    } catch (error) {
      if (!(error instanceof PsnError)) throw error;
      return { told: "refused", code: error.code, out: 0, seal: "" };
    }
  }

  async #command({ act, n, tweet }: RacePlan, { id }: Written): Promise<Answer> {
    const { person } = this.#stage;
    const ran =
      act === "cancel"
        ? await person.psn(["cancel", id, "--json"])
        : await person.psn(["edit", id, "--tweet", String(tweet), "--stdin", "--json"], {
            stdin: editedText(n, tweet),
          });
    return answerOf(ran);
  }

  async #approve({ by, again }: RacePlan, post: Written, due: Date): Promise<void> {
    const { parts, person } = this.#stage;
    if (by === "command") await person.ok(["publish", post.id, "--expect", post.seal]);
    else await armNow(parts, post, again === "kept time" && due.getTime() > Date.now() ? due : new Date());
  }
}

function asItIs(post: Post): { out: number; seal: string } {
  return { out: post.tweets.filter(({ state }) => state === "sent").length, seal: post.seal };
}

/** Throws for an end that a cancel or an edit must not have. */
function answerOf({ exit, json, stdout, stderr }: RanOf<"cancel" | "edit">): Answer {
  const { data, error } = json;
  // What is refused shows no post.
  const { tweets, seal } = data ?? { tweets: [], seal: "" };
  const answer = { out: tweets.filter(({ state }) => state === "sent").length, seal };
  if (json.ok && json.command === "edit") return { told: "edited", ...answer };
  if (json.ok) return { told: "draft", ...answer };
  switch (error.code) {
    case "partly_out":
      return { told: "stopped", ...answer };
    case "still_publishing":
      return { told: "stopping", ...answer };
    case "wrong_state":
    case "unconfirmed":
      return { told: "refused", code: error.code, ...answer };
    default:
      throw new Error(`psn ends with ${exit}: ${stdout}${stderr}`);
  }
}

/** Sleeps until that moment, in milliseconds since 1970. */
const untilThen = (moment: number): Promise<void> => Bun.sleep(Math.max(0, moment - Date.now()));
