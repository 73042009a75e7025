import { describe, expect, test } from "bun:test";
import { controlSandbox } from "../../src/sandbox/control.ts";
import { movableClock, openSandbox, PNG, textsOf, upload } from "./open-sandbox.ts";

describe("the state", () => {
  test("tells tweets in their order, calls per endpoint, and every attempt with its time of arrival", async () => {
    const clock = movableClock("2026-11-22T10:00:00.123Z");
    await using x = await openSandbox({ now: clock.now });
    const root = await x.tweet("one");
    clock.forward(1);
    await x.tweet("two", root);
    await x.call("POST", "/2/tweets", { json: { text: "two" } });
    await x.call("POST", "/2/tweets", { json: { text: "three" }, bearer: "nobody" });
    const state = await x.control.state();
    expect(state.tweets.map(({ order, text, parent }) => ({ order, text, parent }))).toEqual([
      { order: 1, text: "one", parent: null },
      { order: 2, text: "two", parent: root },
    ]);
    expect(state.calls).toEqual({ "POST /2/tweets": 4 });
    expect(state.attempts.map(({ n, at, account, text, answered }) => ({ n, at, account, text, answered }))).toEqual([
      { n: 1, at: "2026-11-22T10:00:00.123Z", account: "handle", text: "one", answered: 201 },
      { n: 2, at: "2026-11-22T10:00:01.123Z", account: "handle", text: "two", answered: 201 },
      { n: 3, at: "2026-11-22T10:00:01.123Z", account: "handle", text: "two", answered: 403 },
      { n: 4, at: "2026-11-22T10:00:01.123Z", account: null, text: "three", answered: 401 },
    ]);
    expect(state.attempts[0]?.tweetId).toBe(root);
  });

  test("holds no token, code, secret or authorization header", async () => {
    await using x = await openSandbox();
    await x.tweet("one");
    await x.call("POST", "/2/media/upload", { form: upload(PNG) });
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: x.user.refreshToken ?? "" });
    const basic = `Basic ${btoa("sandbox-client:sandbox-secret")}`;
    const refreshed = await x.call("POST", "/2/oauth2/token", {
      bearer: null,
      form,
      headers: { authorization: basic },
    });
    const secrets = [...refreshed.text.matchAll(/"(?:access|refresh)_token":"([^"]+)"/g)].map(([, token]) => token);
    expect(secrets).toHaveLength(2);
    const state = JSON.stringify(await x.control.state());
    for (const secret of [...secrets, x.user.accessToken, x.user.refreshToken, "sandbox-secret", basic, "Bearer"]) {
      expect(state).not.toContain(String(secret));
    }
  });
});

describe("control", () => {
  test("ends access tokens, or the whole sign-in", async () => {
    await using x = await openSandbox();
    await x.control.run("expireAccessTokens", { account: "handle" });
    expect((await x.call("GET", "/2/users/me")).status).toBe(401);
    expect((await x.control.state()).tokens).toMatchObject({ liveAccess: 0, liveRefresh: 1 });
    await x.control.run("revokeGrants", {});
    expect((await x.control.state()).tokens).toMatchObject({ liveAccess: 0, liveRefresh: 0, revokedGrants: 1 });
  });

  test("signs somebody in with the scopes and the lifetime that are asked for", async () => {
    await using x = await openSandbox();
    const grant = await x.control.run("grant", { scopes: ["tweet.read", "users.read"], expiresInSecs: 60 });
    expect(grant).toMatchObject({ handle: "handle", refreshToken: null, expiresInSecs: 60 });
    expect((await x.call("GET", "/2/users/me", { bearer: grant.accessToken })).status).toBe(200);
  });

  test("writes, edits and deletes as a person would", async () => {
    await using x = await openSandbox();
    const { id } = await x.control.run("writeTweet", { text: "by hand" });
    expect(textsOf(await x.timeline())).toEqual(["by hand"]);
    await x.control.run("editTweet", { id, text: "by hand, mended" });
    expect(textsOf(await x.timeline())).toEqual(["by hand, mended"]);
    await x.control.run("deleteTweet", { id });
    expect(textsOf(await x.timeline())).toEqual([]);
  });

  test("sets the date header off, and the host of problems", async () => {
    const clock = movableClock();
    await using x = await openSandbox({ now: clock.now });
    await x.control.run("configure", { dateSkewMs: -3_600_000, problemHost: "api.twitter.com" });
    const answer = await x.call("POST", "/2/tweets", { json: { texts: "x" } });
    expect(answer.headers.get("date")).toBe("Sun, 22 Nov 2026 09:00:00 GMT");
    expect(answer.text).toContain("https://api.twitter.com/2/problems/invalid-request");
  });

  test("starts over, with or without the sign-ins", async () => {
    await using x = await openSandbox();
    await x.tweet("one");
    await x.control.run("configure", { vocabulary: "post" });
    await x.control.run("addFault", { action: { kind: "answer", status: 500 } });
    await x.control.run("reset", { keepGrants: true });
    const state = await x.control.state();
    expect(state).toMatchObject({ tweets: [], calls: {}, attempts: [], faults: [], settings: { vocabulary: "both" } });
    await x.tweet("one");
    await x.control.run("reset", {});
    expect((await x.call("GET", "/2/users/me")).status).toBe(401);
  });

  test("says what is wrong with a command", async () => {
    await using x = await openSandbox();
    await expect(x.control.run("deleteTweet", { id: "1" })).rejects.toThrow("The sandbox has no tweet 1.");
    await expect(x.control.run("grant", { account: "nobody" })).rejects.toThrow("no account @nobody");
    expect((await x.call("POST", "/sandbox/setCredits", { json: { euros: 5 } })).status).toBe(400);
    expect((await x.call("POST", "/sandbox/nonsense", { json: {} })).status).toBe(400);
    expect((await x.call("GET", "/sandbox/reset")).status).toBe(405);
    expect((await x.call("GET", "/sandbox/state")).status).toBe(200);
  });

  test("leaves the control calls out of the counts and the exchanges", async () => {
    const seen: string[] = [];
    await using x = await openSandbox({
      onExchange: (request, response) => {
        seen.push(
          `${request.method} ${request.path} ${response?.status ?? "dropped"} ${request.headers.has("authorization")}`,
        );
      },
    });
    await controlSandbox(x.sandbox.url).state();
    await x.timeline();
    await x.control.run("addFault", { action: { kind: "drop", when: "before" } });
    await expect(x.call("POST", "/2/tweets", { json: { text: "one" } })).rejects.toThrow();
    expect(seen).toEqual([`GET /2/users/${x.user.accountId}/tweets 200 false`, "POST /2/tweets dropped false"]);
    expect((await x.control.state()).calls).toEqual({ "GET /2/users/:id/tweets": 1, "POST /2/tweets": 1 });
  });
});
