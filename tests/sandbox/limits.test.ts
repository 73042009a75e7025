import { describe, expect, test } from "bun:test";
import { type Answer, movableClock, openSandbox } from "./open-sandbox.ts";

const limits = ({ headers }: Answer) =>
  ["limit", "remaining", "reset"].map((name) => Number(headers.get(`x-rate-limit-${name}`) ?? Number.NaN));

describe("rate limits", () => {
  test("every answer to a user says limit, what remains and when it resets; refusals count too", async () => {
    const clock = movableClock();
    await using x = await openSandbox({ now: clock.now });
    const reset = clock.now().getTime() / 1000 + 900;
    expect(limits(await x.call("POST", "/2/tweets", { json: { text: "one" } }))).toEqual([100, 99, reset]);
    clock.forward(10);
    expect(limits(await x.call("POST", "/2/tweets", { json: {} }))).toEqual([100, 98, reset]);
    expect(limits(await x.call("GET", "/2/users/me"))).toEqual([75, 74, reset + 10]);
    expect(limits(await x.timeline())).toEqual([900, 899, reset + 10]);
    expect(limits(await x.call("GET", "/2/users/me", { bearer: null }))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test("a spent limit is a 429 until its window is over, and takes nothing", async () => {
    const clock = movableClock();
    await using x = await openSandbox({ now: clock.now });
    await x.control.run("setLimit", { endpoint: "POST /2/tweets", limit: 2 });
    await x.tweet("one");
    await x.tweet("two");
    const refused = await x.call("POST", "/2/tweets", { json: { text: "three" } });
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({
      title: "Too Many Requests",
      detail: "Too Many Requests",
      type: "about:blank",
      status: 429,
    });
    expect(limits(refused)).toEqual([2, 0, clock.now().getTime() / 1000 + 900]);
    clock.forward(899);
    expect((await x.call("POST", "/2/tweets", { json: { text: "three" } })).status).toBe(429);
    clock.forward(1);
    expect(limits(await x.call("POST", "/2/tweets", { json: { text: "three" } }))).toEqual([
      2,
      1,
      clock.now().getTime() / 1000 + 900,
    ]);
  });

  test("belong to a user and an endpoint", async () => {
    await using x = await openSandbox({ accounts: [{ handle: "ada" }, { handle: "bob" }] });
    await x.control.run("setLimit", { endpoint: "POST /2/tweets", limit: 1, windowSecs: 60, used: 1 });
    expect((await x.call("POST", "/2/tweets", { json: { text: "one" } })).status).toBe(429);
    expect((await x.timeline()).status).toBe(200);
    const bob = x.world.grant({ account: "bob" });
    x.world.setLimit({ endpoint: "POST /2/tweets", limit: 1 });
    expect((await x.call("POST", "/2/tweets", { json: { text: "one" }, bearer: bob.accessToken })).status).toBe(201);
    expect((await x.call("POST", "/2/tweets", { json: { text: "two" } })).status).toBe(201);
  });

  test("what counts as used is gone with its window", async () => {
    const clock = movableClock();
    await using x = await openSandbox({ now: clock.now });
    await x.control.run("setLimit", { endpoint: "POST /2/tweets", limit: 1, windowSecs: 60, used: 1 });
    expect((await x.call("POST", "/2/tweets", { json: { text: "one" } })).status).toBe(429);
    clock.forward(60);
    expect((await x.call("POST", "/2/tweets", { json: { text: "one" } })).status).toBe(201);
  });

  test("a day's limit has headers of its own and refuses while the quarter hour has room", async () => {
    const clock = movableClock();
    await using x = await openSandbox({ now: clock.now });
    expect((await x.timeline()).headers.get("x-user-limit-24hour-limit")).toBeNull();
    await x.control.run("setDailyLimit", { endpoint: "POST /2/tweets", scope: "user", limit: 50, used: 49 });
    await x.control.run("setDailyLimit", { endpoint: "POST /2/tweets", scope: "app", limit: 10_000 });
    const last = await x.call("POST", "/2/tweets", { json: { text: "one" } });
    expect(last.status).toBe(201);
    expect(last.headers.get("x-user-limit-24hour-remaining")).toBe("0");
    expect(last.headers.get("x-app-limit-24hour-remaining")).toBe("9999");
    const refused = await x.call("POST", "/2/tweets", { json: { text: "two" } });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-rate-limit-remaining")).toBe("99");
    expect(refused.headers.get("x-user-limit-24hour-reset")).toBe(`${clock.now().getTime() / 1000 + 86_400}`);
  });

  test("the headers can be missing", async () => {
    await using x = await openSandbox();
    await x.control.run("configure", { rateLimitHeaders: false });
    await x.control.run("setLimit", { endpoint: "GET /2/users/me", limit: 0 });
    const refused = await x.call("GET", "/2/users/me");
    expect([refused.status, refused.headers.get("x-rate-limit-reset")]).toEqual([429, null]);
  });
});
