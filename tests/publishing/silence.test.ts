import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Person } from "../support/person.ts";
import { armed, atX, sceneForEach, stored } from "./scene.ts";

const MINUTE_MS = 60_000;
const CREATE = { method: "POST", path: "/2/tweets" };

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

describe("a tweet that X did not answer for", () => {
  const scene = sceneForEach();

  for (const [story, action, attempts] of SILENCES) {
    test(`goes out once when ${story}`, async () => {
      scene.world.addFault({ match: CREATE, action });
      const post = await armed(scene, "Said once.");

      await scene.time.live(5 * MINUTE_MS);

      expect(atX(scene)).toEqual(["Said once."]);
      expect(scene.world.journal.attempts()).toHaveLength(attempts);
      const { row, tweets } = await stored(scene, post);
      expect(row.status).toBe("published");
      expect(tweets[0]?.xId).toBe(scene.world.tweets.inOrder()[0]?.id ?? "");
    });
  }

  test("is adopted when X showed it too late, and refuses its repetition as a duplicate", async () => {
    // The timeline lags behind for as long as two looks take.
    scene.world.configure({ duplicateWindowMs: null, readLagReads: 2 });
    scene.world.addFault({ match: CREATE, action: { kind: "drop", when: "after" } });
    const post = await armed(scene, "Slow to be seen.");

    await scene.time.live(15 * MINUTE_MS);

    expect(atX(scene)).toEqual(["Slow to be seen."]);
    expect(scene.world.journal.attempts()).toHaveLength(2);
    const { row, tweets } = await stored(scene, post);
    expect(row.status).toBe("published");
    expect(tweets[0]?.xId).toBe(scene.world.tweets.inOrder()[0]?.id ?? "");
  });
});

describe("while psn does not know whether a tweet is out", () => {
  let person: Person;
  beforeAll(async () => {
    person = await Person.arrive({ env: { PSN_SETTLE_SECONDS: "600" }, manyInOne: true });
  });
  afterAll(() => person.leave());

  test("it says so, sends nothing again, and refuses whatever would", async () => {
    await person.control.run("addFault", { match: CREATE, times: 1, action: { kind: "drop", when: "after" } });
    const ran = await person.publish("Unheard.");
    expect(ran.exit).toBe(8);
    const { id, seal, status, subStatus } = ran.json.data;
    expect({ status, subStatus }).toEqual({ status: "scheduled", subStatus: "unconfirmed" });

    const again = await person.run(["publish", id, "--expect", seal, "--json"]);
    const edit = await person.run(["edit", id, "--tweet", "1", "--stdin", "--json"], { stdin: "Other words." });

    expect([again.exit, again.json.error.code]).toEqual([8, "unconfirmed"]);
    expect([edit.exit, edit.json.error.code]).toEqual([8, "unconfirmed"]);
    expect((await person.control.state()).attempts).toHaveLength(1);
    expect((await person.ok("status")).attention).toContainEqual(
      expect.objectContaining({ code: "unconfirmed", post: id }),
    );
  });
});
