import { describe, expect, test } from "bun:test";
import { complaintOf, dataOf, movableClock, openSandbox } from "./open-sandbox.ts";

const UNAUTHORIZED = { title: "Unauthorized", detail: "Unauthorized", type: "about:blank", status: 401 };

describe("GET /2/users/me", () => {
  test("says whose token it is, with the fields that were asked for", async () => {
    await using x = await openSandbox({ accounts: [{ handle: "ada", name: "Ada", subscription: "Premium" }] });
    const plain = await x.call("GET", "/2/users/me");
    expect(plain.body).toEqual({ data: { id: x.user.accountId, name: "Ada", username: "ada" } });
    const more = await x.call("GET", "/2/users/me?user.fields=subscription_type,verified_type,protected");
    expect(dataOf(more)).toMatchObject({ subscription_type: "Premium", verified_type: "none", protected: false });
  });

  test("refuses a parameter and a field that it does not know, by name", async () => {
    await using x = await openSandbox();
    const parameter = await x.call("GET", "/2/users/me?fields=id");
    expect(parameter.status).toBe(400);
    expect(String(complaintOf(parameter))).toStartWith("The query parameter [fields] is not one of [user.fields,");
    const field = await x.call("GET", "/2/users/me?user.fields=name,shoe_size");
    expect(String(complaintOf(field))).toStartWith(
      "The `user.fields` query parameter value [shoe_size] is not one of [",
    );
  });
});

describe("whose bearer it is", () => {
  test("none, an unknown, an expired and a revoked one are answered alike", async () => {
    const clock = movableClock();
    await using x = await openSandbox({ now: clock.now });
    const revoked = x.world.grant();
    const ended = x.world.grant();
    x.world.grants.revoke(revoked.accessToken);
    const answers = [
      await x.call("GET", "/2/users/me", { bearer: null }),
      await x.call("GET", "/2/users/me", { bearer: "nonsense" }),
      await x.call("GET", "/2/users/me", { bearer: revoked.accessToken }),
    ];
    clock.forward(7199);
    expect((await x.call("GET", "/2/users/me", { bearer: ended.accessToken })).status).toBe(200);
    clock.forward(1);
    answers.push(await x.call("GET", "/2/users/me", { bearer: ended.accessToken }));
    for (const answer of answers) {
      expect([answer.status, answer.body]).toEqual([401, UNAUTHORIZED]);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
    }
  });

  test("an app's own bearer is refused as such", async () => {
    await using x = await openSandbox();
    const answer = await x.call("GET", "/2/users/me", { bearer: x.world.app.appBearer });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ type: "https://api.x.com/2/problems/unsupported-authentication" });
  });

  test.each([
    ["GET", "/2/users/me", ["users.read"]],
    ["POST", "/2/tweets", ["tweet.read", "users.read"]],
    ["DELETE", "/2/tweets/1", ["tweet.write", "users.read"]],
    ["POST", "/2/media/upload", ["tweet.read", "tweet.write", "users.read"]],
    ["POST", "/2/media/metadata", ["tweet.read", "tweet.write", "users.read"]],
  ])("%s %s without its scopes is a bare Forbidden", async (method, path, scopes) => {
    await using x = await openSandbox();
    const { accessToken } = x.world.grant({ scopes });
    const answer = await x.call(method, path, { bearer: accessToken });
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual({ title: "Forbidden", detail: "Forbidden", type: "about:blank", status: 403 });
  });

  test("a path that X does not have is a 404", async () => {
    await using x = await openSandbox();
    expect((await x.call("GET", "/2/nothing")).status).toBe(404);
  });
});
