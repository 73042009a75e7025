import { describe, expect, test } from "bun:test";
import { Person } from "../support/person.ts";

/** Publishes a thread, and kills the worker while X holds the request for its second tweet. */
async function killMidway(held: "before" | "after"): Promise<Person & { post: string }> {
  const person = await Person.arrive();
  await person.control.run("addFault", {
    match: { method: "POST", path: "/2/tweets", bodyIncludes: "Second" },
    times: 1,
    action: { kind: "hold", when: held },
  });
  const { id, seal } = await person.draft("First.\n---\nSecond.\n---\nThird.");
  await person.ok(["publish", id, "--expect", seal]);
  await person.control.until(({ attempts }) => attempts.length === 2);
  const { pid } = await person.ok("worker status");
  process.kill(pid, "SIGKILL");
  // Whoever comes next sees that the worker is gone and starts another.
  await person.until(id, () => true);
  await person.ok("status");
  return Object.assign(person, { post: id });
}

describe.concurrent("a worker that is killed while X holds its request", () => {
  for (const [held, attempts, story] of [
    ["after", 3, "the tweet that X had taken is found and adopted"],
    ["before", 4, "the tweet that X never took is sent again"],
  ] as const) {
    test(`${story}, and the thread goes on: nothing doubled, nothing lost`, async () => {
      const person = await killMidway(held);
      try {
        await person.until(person.post, ({ status }) => status === "published" || status === "failed", 60_000);

        const { tweets, attempts: made } = await person.control.state();
        expect(tweets.map((tweet) => tweet.text)).toEqual(["First.", "Second.", "Third."]);
        expect(tweets.map((tweet) => tweet.parent)).toEqual([null, tweets[0]?.id ?? "", tweets[1]?.id ?? ""]);
        expect(made).toHaveLength(attempts);
        expect((await person.ok(["show", person.post])).status).toBe("published");
      } finally {
        await person.leave();
      }
    }, 90_000);
  }
});
