import { afterAll, beforeAll, expect, test } from "bun:test";
import { Person } from "../support/person.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive();
});
afterAll(() => person.leave());

test("one tweet goes through every layer: drafted, approved, published by the worker, and told", async () => {
  const { id, seal, tweets, cost } = await person.draft("Hello from psn.");
  expect(tweets).toMatchObject([{ n: 1, text: "Hello from psn.", length: 15, limit: 280, state: "unsent", id: null }]);
  expect(cost).toEqual({ usd: 0.015, withLinks: 0 });

  const ran = await person.psn(["publish", id, "--expect", seal, "--wait", "--json"]);

  expect(ran.exit).toBe(0);
  const { tweets: atX } = await person.control.state();
  expect(atX.map((tweet) => tweet.text)).toEqual(["Hello from psn."]);
  expect(ran.json.data.tweets[0]).toMatchObject({
    state: "sent",
    id: atX[0]?.id,
    url: `https://x.com/handle/status/${atX[0]?.id}`,
  });
  expect(await person.ok("status")).toMatchObject({ ready: true, attention: [], spentThisMonthUsd: 0.015 });
});
