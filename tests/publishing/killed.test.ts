import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Person } from "../support/person.ts";

/** Two threads, of two accounts, are at their second tweet when the worker dies: X has taken it, or never takes it. */
const THREADS = [
  { account: "handle", held: "after", attempts: 3, story: "the tweet that X had taken is found and adopted" },
  { account: "second", held: "before", attempts: 4, story: "the tweet that X never took is sent again" },
] as const;
const textsOf = (account: string) => ["First", "Second", "Third"].map((nth) => `${nth} of ${account}.`);

let person: Person;
const posts = new Map<string, string>();
beforeAll(async () => {
  person = await Person.arrive({ manyInOne: true });
  await person.control.run("putAccount", { handle: "second" });
  await person.beSignedIn("second");
  for (const { account, held } of THREADS) {
    const [, second = ""] = textsOf(account);
    await person.control.run("addFault", {
      match: { method: "POST", path: "/2/tweets", bodyIncludes: second },
      times: 1,
      action: { kind: "hold", when: held },
    });
    const { id, seal } = await person.draft(textsOf(account).join("\n---\n"), "--account", account);
    await person.ok(["publish", id, "--expect", seal]);
    posts.set(account, id);
  }
  await person.control.until(({ faults }) => faults.filter(({ holding }) => holding === 1).length === THREADS.length);
  const { pid } = await person.ok("worker status");
  process.kill(pid, "SIGKILL");
  // Whoever comes next sees that the worker is gone and starts another.
  await person.ok("status");
});
afterAll(() => person.leave());

describe.concurrent("a worker that is killed while X holds its request", () => {
  for (const { account, attempts, story } of THREADS) {
    test(`${story}, and the thread goes on: nothing doubled, nothing lost`, async () => {
      const id = posts.get(account) ?? "";
      const over = await person.until(id, ({ status }) => status === "published" || status === "failed", 60_000);

      expect(over.status).toBe("published");
      const state = await person.control.state();
      const tweets = state.tweets.filter((tweet) => tweet.account === account);
      expect(tweets.map((tweet) => tweet.text)).toEqual(textsOf(account));
      expect(tweets.map((tweet) => tweet.parent)).toEqual([null, tweets[0]?.id ?? "", tweets[1]?.id ?? ""]);
      expect(state.attempts.filter((attempt) => attempt.account === account)).toHaveLength(attempts);
    }, 90_000);
  }
});
