import { expect, test } from "bun:test";
import { soak } from "../../bench/support/soak.ts";

/** A part of `bench/soak.ts`, which publishes ten thousand posts, and fails in ways that take longer. */
const OPTIONS = { posts: 72, workers: 3, seed: 1, accounts: 24, onTheirWay: 48, tweetsPerDeath: 20 };

test("posts go out once, whole and in order, while X fails, clocks jump, publishers are killed and the database restarts", async () => {
  const { breaches, between, forAPerson, complaints, died, stories } = await soak({
    ...OPTIONS,
    slow: false,
    clockMs: 3_000,
  });

  expect({ breaches, between: between.breaches, forAPerson: [...forAPerson], complaints, stories }).toEqual({
    breaches: [],
    between: [],
    forAPerson: [],
    complaints: [],
    stories: [],
  });
  expect(Math.min(died.publishers, died.databases)).toBeGreaterThan(0);
}, 90_000);
