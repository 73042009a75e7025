import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Person } from "../support/person.ts";

/** X's answers that tell nothing: each may or may not have created the tweet. */
const SILENCES = [
  ["the connection closes after X has taken the tweet", { kind: "drop", when: "after" }, 1],
  ["the connection closes before X has taken the tweet", { kind: "drop", when: "before" }, 2],
  ["X answers 502 and has taken the tweet", { kind: "answer_after", status: 502, body: "<html>Bad gateway</html>" }, 1],
  [
    "X answers 503 and has not taken the tweet",
    {
      kind: "answer",
      status: 503,
      body: { title: "Service Unavailable", detail: "Service Unavailable", type: "about:blank", status: 503 },
    },
    2,
  ],
  ["X answers 201 without an id", { kind: "garble", as: "no_id" }, 1],
] as const;

describe.concurrent("a tweet that X did not answer for", () => {
  for (const [story, action, attempts] of SILENCES) {
    test(`goes out once when ${story}`, async () => {
      const person = await Person.arrive();
      try {
        await person.control.run("addFault", { match: { method: "POST", path: "/2/tweets" }, times: 1, action });

        const ran = await person.publish("Said once.");

        const state = await person.control.state();
        expect(state.tweets.map((tweet) => tweet.text)).toEqual(["Said once."]);
        expect(state.attempts).toHaveLength(attempts);
        expect({ exit: ran.exit, status: ran.json.data?.status }).toEqual({ exit: 0, status: "published" });
        expect(ran.json.data.tweets[0].id).toBe(state.tweets[0]?.id);
      } finally {
        await person.leave();
      }
    }, 60_000);
  }
});

describe("while psn does not know whether a tweet is out", () => {
  let person: Person;
  beforeAll(async () => {
    person = await Person.arrive({ env: { PSN_SETTLE_SECONDS: "600" } });
  });
  afterAll(() => person.leave());

  test("it says so, sends nothing again, and refuses whatever would", async () => {
    await person.control.run("addFault", {
      match: { method: "POST", path: "/2/tweets" },
      times: 1,
      action: { kind: "drop", when: "after" },
    });
    const ran = await person.publish("Unheard.");
    expect(ran.exit).toBe(8);
    const { id, seal, status, subStatus } = ran.json.data;
    expect({ status, subStatus }).toEqual({ status: "scheduled", subStatus: "unconfirmed" });

    const again = await person.psn(["publish", id, "--expect", seal, "--json"]);
    const edit = await person.psn(["edit", id, "--tweet", "1", "--stdin", "--json"], { stdin: "Other words." });

    expect([again.exit, again.json.error.code]).toEqual([8, "unconfirmed"]);
    expect([edit.exit, edit.json.error.code]).toEqual([8, "unconfirmed"]);
    expect((await person.control.state()).attempts).toHaveLength(1);
    expect((await person.ok("status")).attention).toContainEqual(
      expect.objectContaining({ code: "unconfirmed", post: id }),
    );
  });
});

test("a tweet that X showed too late is adopted when X refuses its repetition as a duplicate", async () => {
  const person = await Person.arrive();
  try {
    // The timeline lags behind for as long as two looks take.
    await person.control.run("configure", { readLagMs: 9_000 });
    await person.control.run("addFault", {
      match: { method: "POST", path: "/2/tweets" },
      times: 1,
      action: { kind: "drop", when: "after" },
    });

    const ran = await person.publish("Slow to be seen.");

    const { tweets, attempts } = await person.control.state();
    expect(tweets).toHaveLength(1);
    expect(attempts.length).toBeGreaterThan(1);
    expect(ran.json.data).toMatchObject({ status: "published", tweets: [{ id: tweets[0]?.id }] });
  } finally {
    await person.leave();
  }
}, 90_000);
