import { controlSandbox } from "../../src/sandbox/control.ts";
import type { FaultInput } from "../../src/sandbox/world/fault-script.ts";
import type { DataOf } from "../../tests/support/printed/index.ts";
import type { RanOf } from "../../tests/support/run-psn.ts";
import type { Drill, DrillFault } from "./drill.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";
import type { Outcome, TweetOnX } from "./verdict.ts";

const CREATE = { method: "POST", path: "/2/tweets" } as const;
const DEFAULT_SECONDS = 60;

/** What a drill has in its hands: one post of psn, its account on X, and what can go wrong with them. */
export class Scene {
  readonly stage: Stage;
  readonly #drill: Drill;
  readonly #stop: AbortSignal;
  readonly #faults: number[] = [];
  readonly #problems: string[] = [];
  #userId = "";
  #approvedAt = Number.NaN;
  #endedAt = Number.NaN;
  id = "";
  seal = "";

  constructor(drill: Drill, stage: Stage, stop: AbortSignal) {
    this.#drill = drill;
    this.stage = stage;
    this.#stop = stop;
  }

  get #mark(): string {
    return `[${this.#drill.name}]`;
  }

  get handle(): string {
    return this.#drill.name.replaceAll("-", "_");
  }

  /** What is not as it must be besides the post's end, a sentence each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** From the approval to the end of the post. */
  get seconds(): number {
    return (this.#endedAt - this.#approvedAt) / 1000;
  }

  text(tweet: number): string {
    return `${this.#mark} Tweet ${tweet} of ${this.#drill.tweets}.`;
  }

  /** Signs the account in, writes the draft, and arms the faults. */
  async prepare(): Promise<void> {
    const { tweets, faults = [] } = this.#drill;
    const texts = Array.from({ length: tweets }, (_, index) => this.text(index + 1));
    const draft = await this.stage.asAccount(this.handle, () =>
      this.stage.ok(["draft", "--stdin"], texts.join("\n---\n")),
    );
    this.id = draft.id;
    this.seal = draft.seal;
    this.#userId = this.stage.x.world.accounts.require(this.handle).id;
    for (const fault of faults) this.fault(fault);
  }

  /** Returns the fault's id. */
  fault({ on, nth, times = 1, action }: DrillFault): number {
    const match = { ...this.#matching(on), ...(nth === undefined ? {} : { nth }) };
    const id = this.stage.x.world.addFault({ match, times, action });
    this.#faults.push(id);
    return id;
  }

  #matching(on: DrillFault["on"]): NonNullable<FaultInput["match"]> {
    switch (on) {
      case "create":
        return { ...CREATE, bodyIncludes: this.#mark };
      case "timeline":
        return { method: "GET", path: `/2/users/${this.#userId}/tweets` };
      case "upload":
        return { method: "POST", path: "/2/media/upload", bodyIncludes: `${this.#drill.name}.png` };
    }
  }

  /** Approves it for now; the worker does the rest. */
  async publish(): Promise<void> {
    this.#approved();
    await this.stage.ok(["publish", this.id, "--expect", this.seal]);
  }

  async schedule(at: string): Promise<void> {
    this.#approved();
    await this.stage.ok(["schedule", this.id, "--expect", this.seal, "--at", at]);
  }

  /** Runs psn on this post: `psn cancel ID …`. */
  psn<const C extends string>(command: C, ...options: string[]): Promise<RanOf<readonly [C, string, ...string[]]>> {
    return this.stage.psn([command, this.id, ...options]);
  }

  /** Notes what is not as it must be. */
  check(sentence: string, isSo: boolean): void {
    if (!isSo) this.#problems.push(sentence);
  }

  async until(what: string, isSo: () => boolean | Promise<boolean>, seconds?: number): Promise<void> {
    await until(what, this.#stop, isSo, seconds === undefined ? undefined : seconds * 1000);
  }

  async sleep(seconds: number): Promise<void> {
    const over = performance.now() + seconds * 1000;
    await this.until("the wait is over", () => performance.now() >= over, seconds + 5);
  }

  /** How the post stands in the database: "scheduled rate_limited". */
  async state(): Promise<string> {
    const sql = await this.stage.sql();
    const [row] = await sql<{ state: string }[]>`
      select concat_ws(' ', status, sub_status) as state from posts where id = ${this.id}`;
    return row?.state ?? "gone";
  }

  /** Waits until nothing moves it any more. One that is stuck is judged as it stands. */
  async settled(): Promise<void> {
    const { within = DEFAULT_SECONDS } = this.#drill;
    const over = performance.now() + within * 1000;
    await this.until(
      "the post comes to its end",
      async () => !/^(scheduled|publishing)/.test(await this.state()) || performance.now() > over,
      within + 5,
    );
    this.#endedAt = performance.now();
  }

  /** Whether X holds a request that the fault struck. */
  async held(fault: number): Promise<void> {
    await this.until("X holds the request", () => this.#view(fault).holding > 0);
  }

  async struck(fault: number, times: number): Promise<void> {
    await this.until(`X is asked ${times} times`, () => this.#view(fault).hits >= times);
  }

  letGo(fault: number): void {
    this.stage.x.world.release(fault);
  }

  #view(fault: number) {
    const view = this.stage.x.world.faults.view().find(({ id }) => id === fault);
    if (view === undefined) throw new Error(`no fault ${fault}`);
    return view;
  }

  /** The requests to create a tweet of this post that X has seen so far. */
  requests() {
    return this.stage.x.world.journal.attempts().filter(({ text }) => text?.includes(this.#mark) === true);
  }

  #approved(): void {
    if (Number.isNaN(this.#approvedAt)) this.#approvedAt = performance.now();
  }

  /** What came out: psn is asked by its command, X by its control. */
  async outcome(): Promise<{ outcome: Outcome; why: string }> {
    for (const fault of this.#faults) {
      const { hits, kind } = this.#view(fault);
      this.check(`the fault (${kind}) did not strike, so nothing was tried`, hits > 0);
    }
    const post = await this.stage.ok(["show", this.id]);
    const state = await controlSandbox(this.stage.x.url).state();
    const onX = state.tweets.filter(({ account }) => account === this.handle);
    return {
      outcome: {
        status: post.status,
        subStatus: post.subStatus,
        tweets: post.tweets.map(({ text, id }) => ({ text, xId: id })),
        onX: onX.map(({ id, text, parent }): TweetOnX => ({ id, text, parent })),
      },
      why: whyOf(post),
    };
  }
}

/** In psn's own words, with the ways on that it offers. */
function whyOf({ failure, choices = [] }: DataOf<"show">): string {
  if (failure === null) return "";
  if (choices.length === 0) return failure.message;
  return `${failure.message} It offers to ${choices.map(({ does }) => does).join(", or to ")}.`;
}
