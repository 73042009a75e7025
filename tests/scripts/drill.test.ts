import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { DRILLS } from "../../scripts/drill/all.ts";
import type { Drill, Expected } from "../../scripts/drill/drill.ts";
import { type Bill, type Ledger, ledgerOf, type Result } from "../../scripts/drill/ledger.ts";
import { environmentOf, processesOf } from "../../scripts/drill/processes.ts";
import { startRun } from "../../scripts/drill/run.ts";
import { renderLedger } from "../../scripts/drill/table.ts";
import { judge, type Outcome, type TweetOnX } from "../../scripts/drill/verdict.ts";
import { PROJECT } from "../support/run-psn.ts";

const startDrill = (...options: string[]) =>
  Bun.spawn([process.execPath, "--no-env-file", "scripts/drill.ts", ...options], {
    cwd: PROJECT,
    env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent", LANG: "C.UTF-8" },
    stdio: ["ignore", "pipe", "inherit"],
  });

describe("npm run drill", () => {
  test("throws what was asked for at psn, and finds that it keeps its promises", async () => {
    const drill = startDrill("--only", "answer-lost", "--only", "cancel");
    const told = await new Response(drill.stdout).text();
    expect(await drill.exited).toBe(0);
    expect(told).toMatch(/✓ tweet taken, answer lost +published +1\/1 +0 +0 +0 /);
    expect(told).toMatch(/✓ cancelled while it goes out +failed thread_partial +3\/5 +0 +0 +0 /);
    expect(told).toMatch(/posts +2 +1 published, 1 failed thread_partial/);
    expect(told).toMatch(/psn's books +\$0\.\d+ +equal/);
    for (const line of told.split("\n")) expect(line.length).toBeLessThan(80);
  });

  test("tells which drills there are when it is asked for another", async () => {
    const drill = startDrill("--only", "answer-lost,no-such-drill");
    expect(await drill.exited).toBe(2);
  });

  test("has a name and a title for each drill that fit the table", () => {
    for (const { name, thrown } of DRILLS) {
      expect(name).toMatch(/^[a-z0-9-]{1,15}$/);
      expect([thrown, thrown.length <= 28]).toEqual([thrown, true]);
    }
    expect(new Set(DRILLS.map(({ name }) => name)).size).toBe(DRILLS.length);
  });

  test.skipIf(process.platform !== "linux")("leaves nothing behind when it is interrupted", async () => {
    const drill = startDrill("--only", "reset");
    const state = await stateFolderOf(drill.pid);
    expect(existsSync(dirname(state))).toBe(true);
    while (processesOf(state).length < 2) await Bun.sleep(50);
    drill.kill("SIGINT");
    expect(await drill.exited).toBe(130);
    expect(existsSync(dirname(state))).toBe(false);
    expect(processesOf(state)).toEqual([]);
  });
});

/** The state folder of the first command of psn that the drill starts. */
async function stateFolderOf(drill: number): Promise<string> {
  for (;;) {
    const children = readFileSync(`/proc/${drill}/task/${drill}/children`, "utf8").trim().split(" ");
    for (const child of children) {
      const setting = environmentOf(child).find((word) => word.startsWith("PSN_STATE_DIR="));
      if (setting !== undefined) return setting.slice("PSN_STATE_DIR=".length);
    }
    await Bun.sleep(20);
  }
}

describe("the drill's ledger", () => {
  test("turns red when X has a tweet twice that psn sent once", async () => {
    const copied: Drill = {
      name: "copied",
      thrown: "somebody posts it again",
      means: "A tweet with the same words appears on the account.",
      tweets: 1,
      expects: { status: "published", subStatus: null, out: 1 },
      act: async (scene) => {
        await scene.publish();
        await scene.settled();
        scene.stage.x.world.writeTweet({ account: scene.handle, text: scene.text(1) });
      },
    };
    const run = await startRun([copied], new AbortController().signal, () => undefined);
    try {
      const { results, bills } = await run.results;
      const ledger = ledgerOf(results, bills);
      expect(ledger).toMatchObject({ posts: 1, onX: 2, doubled: 1, lost: 0 });
      expect(ledger.broken).toEqual(["1 tweet is on X twice", "not as expected: copied"]);
      expect(renderLedger(ledger, 1)).toContain("psn broke its promises:\n  1 tweet is on X twice");
    } finally {
      await run.clear();
    }
  });

  const THREAD: Expected = { status: "published", subStatus: null, out: 3 };
  const texts = ["first", "second", "third"];
  const onX = (text: string, id: number, parent: number | null): TweetOnX => ({
    id: String(id),
    text,
    parent: parent === null ? null : String(parent),
  });
  const first = onX("first", 1, null);
  const second = onX("second", 2, 1);
  const third = onX("third", 3, 2);
  const WELL = [first, second, third];
  const BILL: Bill = { of: "thread", billed: 45_000, booked: 45_000 };

  function ledgerWith(change: Partial<Outcome>, bill: Bill = BILL) {
    const tweets = texts.map((text, index) => ({ text, xId: String(index + 1) }));
    const outcome: Outcome = { status: "published", subStatus: null, tweets, onX: WELL, ...change };
    const verdict = judge(THREAD, outcome);
    const ended = { outcome, verdict, why: "" };
    const result: Result = { name: "thread", thrown: "", seconds: 1, ended, complaints: verdict.complaints };
    return ledgerOf([result], [bill]);
  }

  test("is clear when X has what was approved, once and in order", () => {
    const ledger = ledgerWith({});
    expect(ledger).toMatchObject({ asked: 3, onX: 3, doubled: 0, lost: 0, outOfOrder: 0, unapproved: 0, broken: [] });
    expect(renderLedger(ledger, 1)).toContain("psn kept its promises.");
  });

  const WRONG: readonly { what: string; came: Partial<Outcome>; counts: Partial<Ledger> }[] = [
    { what: "a tweet is missing", came: { onX: [first, second] }, counts: { lost: 1 } },
    { what: "psn has an id that X has not", came: { onX: [first, second, onX("third", 4, 2)] }, counts: { lost: 1 } },
    { what: "a tweet is out twice", came: { onX: [...WELL, onX("second", 4, 1)] }, counts: { doubled: 1 } },
    {
      what: "a tweet replies to another one",
      came: { onX: [first, second, onX("third", 3, 1)] },
      counts: { outOfOrder: 1 },
    },
    {
      what: "the third came before the second",
      came: { onX: [first, onX("third", 2, 3), onX("second", 3, 1)] },
      counts: { outOfOrder: 1 },
    },
    {
      what: "words went out that nobody approved",
      came: { onX: [...WELL, onX("fourth", 4, 3)] },
      counts: { unapproved: 1 },
    },
    {
      what: "the post ended otherwise",
      came: { status: "failed", subStatus: "thread_partial" },
      counts: { doubled: 0, lost: 0, outOfOrder: 0 },
    },
  ];
  test.each(WRONG)("turns red when $what", ({ came, counts }) => {
    const ledger = ledgerWith(came);
    expect(ledger).toMatchObject(counts);
    expect(ledger.broken).not.toEqual([]);
  });

  test("turns red when X billed something else than psn noted", () => {
    const ledger = ledgerWith({}, { ...BILL, billed: 70_000 });
    expect(ledger.broken).toEqual(["X's bill and psn's books differ: thread"]);
    expect(renderLedger(ledger, 1)).toContain("not what X billed");
  });

  test("turns red when a drill could not be carried out", () => {
    const result: Result = { name: "thread", thrown: "", seconds: Number.NaN, complaints: ["not carried out: no X"] };
    expect(ledgerOf([result], []).broken).toEqual(["not as expected: thread"]);
  });
});
