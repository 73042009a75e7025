import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type RateLimitReading,
  readRateLimits,
  readRetryAfter,
  waitUntil,
} from "../../../src/platforms/x/rateLimits.ts";
import { EVERY_CALL, failureOf } from "./calls.ts";
import { CALL, json, NOW, ScriptedX, TWEET_ID } from "./support.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const unix = (fromNowMs: number) => String(Math.floor((NOW.getTime() + fromNowMs) / 1000));
const family = (name: string, limit: string, remaining: string, reset: string) => ({
  [`${name}-limit`]: limit,
  [`${name}-remaining`]: remaining,
  [`${name}-reset`]: reset,
});

describe("headers of limits", () => {
  test("give one reading for each family that is complete", () => {
    const headers = new Headers({
      ...family("x-rate-limit", "100", "99", unix(10 * MINUTE)),
      ...family("x-app-limit-24hour", "10000", "9999", unix(DAY)),
      ...family("x-user-limit-24hour", "100", "0", unix(DAY)),
    });
    const endpoint = "POST /2/tweets";
    expect(readRateLimits(endpoint, headers)).toEqual([
      { endpoint, window: "15min", limit: 100, remaining: 99, resetAt: new Date(NOW.getTime() + 10 * MINUTE) },
      { endpoint, window: "24h_user", limit: 100, remaining: 0, resetAt: new Date(NOW.getTime() + DAY) },
      { endpoint, window: "24h_app", limit: 10_000, remaining: 9_999, resetAt: new Date(NOW.getTime() + DAY) },
    ]);
  });

  test.each([
    ["none", {}],
    ["no reset", { "x-rate-limit-limit": "100", "x-rate-limit-remaining": "5" }],
    ["a reset of 0", family("x-rate-limit", "100", "5", "0")],
    ["words", family("x-rate-limit", "many", "some", "soon")],
    ["a negative number", family("x-rate-limit", "100", "-1", unix(MINUTE))],
    ["a reset beyond any date", family("x-rate-limit", "100", "1", "999999999999999")],
    ["exponents", family("x-rate-limit", "1e2", "1", unix(MINUTE))],
  ])("that are %s give no reading", (_name, headers) => {
    expect(readRateLimits("GET /2/users/me", new Headers(headers))).toEqual([]);
  });

  test("are read from every answer, under the endpoint's own name", async () => {
    await using x = new ScriptedX(
      json({ data: { id: TWEET_ID } }, 201, family("x-rate-limit", "100", "7", unix(MINUTE))),
    );
    const answer = await x.client.createTweet(CALL, { text: "hi" });
    expect(answer.rateLimits).toMatchObject([{ endpoint: "POST /2/tweets", window: "15min", remaining: 7 }]);
    await using y = new ScriptedX(json({}, 403, family("x-rate-limit", "50", "1", unix(MINUTE))));
    const refused = await y.client.deleteTweet(CALL, TWEET_ID);
    expect(refused.rateLimits).toMatchObject([{ endpoint: "DELETE /2/tweets/:id", limit: 50 }]);
  });

  test("include X's clock", async () => {
    const date = "Tue, 01 Dec 2026 11:58:30 GMT";
    await using x = new ScriptedX(() => new Response("{}", { status: 403, headers: { date } }));
    expect((await x.client.me(CALL)).serverDate).toEqual(new Date(date));
  });
});

describe("after a 429", () => {
  const reading = (window: RateLimitReading["window"], remaining: number, inMs: number): RateLimitReading => ({
    endpoint: "POST /2/tweets",
    window,
    limit: 100,
    remaining,
    resetAt: new Date(NOW.getTime() + inMs),
  });
  const wait = (readings: RateLimitReading[], random = 0, retryAfter?: Date) =>
    waitUntil({ readings, retryAfter, now: NOW, random: () => random }).getTime() - NOW.getTime();

  test.each([
    ["without headers it waits 15 minutes", [], 15 * MINUTE],
    ["it waits for the 15-minute reset", [reading("15min", 0, 7 * MINUTE)], 7 * MINUTE],
    ["a spent day comes first", [reading("15min", 0, 7 * MINUTE), reading("24h_user", 0, 300 * MINUTE)], 300 * MINUTE],
    [
      "so does a spent day of the app",
      [reading("15min", 5, 7 * MINUTE), reading("24h_app", 0, 90 * MINUTE)],
      90 * MINUTE,
    ],
    [
      "the later of two spent days",
      [reading("24h_user", 0, 200 * MINUTE), reading("24h_app", 0, 90 * MINUTE)],
      200 * MINUTE,
    ],
    [
      "a day that has something left does not count",
      [reading("15min", 0, 7 * MINUTE), reading("24h_user", 3, 300 * MINUTE)],
      7 * MINUTE,
    ],
    ["a reset in the past is a minute", [reading("15min", 0, -5 * MINUTE)], MINUTE],
    ["a reset in five seconds is a minute", [reading("15min", 0, 5_000)], MINUTE],
  ])("%s", (_name, readings, expected) => {
    expect(wait(readings)).toBe(expected + 1_000);
  });

  test("the jitter is 1 to 5 s", () => {
    expect(wait([], 0)).toBe(15 * MINUTE + 1_000);
    expect(wait([], 0.999_999)).toBe(15 * MINUTE + 4_999);
  });

  test("a reset in a year is a day", () => {
    expect(wait([reading("24h_user", 0, 365 * DAY)], 0.5)).toBe(DAY);
  });

  test("retry-after counts when it comes, and only lengthens", () => {
    const inMs = (ms: number) => new Date(NOW.getTime() + ms);
    expect(wait([], 0, inMs(2 * MINUTE))).toBe(2 * MINUTE + 1_000);
    expect(wait([reading("15min", 0, 7 * MINUTE)], 0, inMs(2 * MINUTE))).toBe(7 * MINUTE + 1_000);
    expect(readRetryAfter(new Headers({ "retry-after": "120" }), NOW)).toEqual(inMs(2 * MINUTE));
    expect(readRetryAfter(new Headers({ "retry-after": "Tue, 01 Dec 2026 12:02:00 GMT" }), NOW)).toEqual(
      inMs(2 * MINUTE),
    );
    expect(readRetryAfter(new Headers({ "retry-after": "soon" }), NOW)).toBeUndefined();
    expect(readRetryAfter(new Headers(), NOW)).toBeUndefined();
  });

  test("whatever the headers say, it waits at least a minute and at most a day", () => {
    const header = fc.option(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)), {
      nil: undefined,
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(header, header, header), { minLength: 3, maxLength: 3 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (families, random) => {
          const headers = new Headers();
          ["x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"].forEach((name, i) => {
            ["limit", "remaining", "reset"].forEach((part, j) => {
              const value = families[i]?.[j];
              if (value !== undefined && /^[\x20-\x7e]*$/.test(value)) headers.set(`${name}-${part}`, value);
            });
          });
          const readings = readRateLimits("POST /2/tweets", headers);
          const ms = waitUntil({ readings, now: NOW, random: () => random }).getTime() - NOW.getTime();
          expect(ms).toBeGreaterThanOrEqual(MINUTE);
          expect(ms).toBeLessThanOrEqual(DAY);
        },
      ),
    );
  });

  test("the answer carries when to come back", async () => {
    await using x = new ScriptedX(
      json({ title: "Too Many Requests" }, 429, family("x-rate-limit", "100", "0", unix(7 * MINUTE))),
    );
    const failure = failureOf(await EVERY_CALL.createTweet(x.client));
    expect(failure).toMatchObject({ class: "later", retryAt: new Date(NOW.getTime() + 7 * MINUTE + 1_000) });
  });
});
