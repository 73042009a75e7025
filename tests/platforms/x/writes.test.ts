import { describe, expect, test } from "bun:test";
import { Secret } from "../../../src/core/secret.ts";
import { failureOf, gotValue } from "./calls.ts";
import { CALL, clientOf, json, RawServer, ScriptedX, TOKEN, TWEET_ID } from "./support.ts";

const created = json({ data: { id: TWEET_ID, text: "hello https://t.co/x" } }, 201);

describe("creating a tweet", () => {
  test("sends what was given and nothing else", async () => {
    await using x = new ScriptedX(created);
    const value = gotValue(await x.client.createTweet(CALL, { text: "héllo 👋", replyTo: "17", mediaIds: ["1", "2"] }));
    expect(value).toEqual({ id: TWEET_ID, text: "hello https://t.co/x" });
    expect([x.one.method, x.one.path]).toEqual(["POST", "/2/tweets"]);
    expect(x.one.headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(x.one.text)).toEqual({
      text: "héllo 👋",
      media: { media_ids: ["1", "2"] },
      reply: { in_reply_to_tweet_id: "17" },
    });
  });

  test("leaves out what is absent", async () => {
    await using x = new ScriptedX(created);
    await x.client.createTweet(CALL, { text: "hello" });
    expect(x.one.text).toBe('{"text":"hello"}');
    await using y = new ScriptedX(created);
    await y.client.createTweet(CALL, { text: "", mediaIds: ["1"] });
    expect(y.one.text).toBe('{"media":{"media_ids":["1"]}}');
  });

  test("takes the token wrapped", async () => {
    await using x = new ScriptedX(created);
    await x.client.createTweet({ accessToken: new Secret(TOKEN) }, { text: "hello" });
    expect(x.one.headers.get("authorization")).toBe(`Bearer ${TOKEN}`);
  });

  test("succeeds with an id, whatever else the answer holds", async () => {
    const answers = [
      json({ data: { id: TWEET_ID }, errors: [{ title: "Warning", type: "about:blank" }] }, 200),
      json({ data: { id: TWEET_ID, text: 5, edit_history_tweet_ids: [""] } }, 201),
      new Response(`{"data":{"id":${TWEET_ID},"edit_history_post_ids":["${TWEET_ID}"]}}`, { status: 201 }),
    ];
    for (const answer of answers) {
      await using x = new ScriptedX(answer);
      expect(gotValue(await x.client.createTweet(CALL, { text: "hello" })).id).toBe(TWEET_ID);
    }
  });

  test.each([
    ["no data", JSON.stringify({})],
    ["null data", JSON.stringify({ data: null })],
    ["no id", JSON.stringify({ data: { text: "hello" } })],
    ["an empty id", JSON.stringify({ data: { id: "" } })],
    ["an id that is none", JSON.stringify({ data: { id: "abc" } })],
    ["a number that has lost its digits", '{"data":{"id":1.9e18}}'],
    ["errors only", JSON.stringify({ errors: [{ title: "Not Found Error", type: "…/problems/resource-not-found" }] })],
    ["half of a body", '{"data":{"id":"199'],
    ["a page", "<html><title>Welcome to the Wi-Fi</title></html>"],
    ["nothing", ""],
  ])("is ambiguous after a 2xx with %s", async (_name, body) => {
    await using x = new ScriptedX(new Response(body, { status: 201 }));
    expect(failureOf(await x.client.createTweet(CALL, { text: "hello" }))).toMatchObject({
      class: "ambiguous",
      code: "no_id",
      status: 201,
    });
  });

  test("does not follow a redirect with the token in its hand", async () => {
    await using other = new ScriptedX(created);
    await using x = new ScriptedX(new Response(null, { status: 307, headers: { location: `${other.url}/2/tweets` } }));
    expect(failureOf(await x.client.createTweet(CALL, { text: "hello" }))).toMatchObject({ code: "redirected" });
    expect(other.received).toEqual([]);
  });

  test("opens a connection of its own: a reused one that X closes would look like a lost answer", async () => {
    const body = JSON.stringify({ data: { id: "1", username: "ada" } });
    let connections = 0;
    await using x = await RawServer.listen((socket) => {
      connections++;
      const answer = () =>
        socket.write(
          `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      answer();
      socket.on("data", answer);
    });
    const client = clientOf(x.url);
    await client.me(CALL);
    await client.me(CALL);
    expect(connections).toBe(1);
    await client.createTweet(CALL, { text: "hello" });
    expect(connections).toBe(2);
  });

  test("of something that X's format forbids is refused before anything is sent", async () => {
    await using x = new ScriptedX(created);
    const { client } = x;
    const failures = [
      await client.createTweet(CALL, { text: "" }),
      await client.createTweet(CALL, { text: " \n" }),
      await client.createTweet(CALL, { text: "a", mediaIds: ["1", "2", "3", "4", "5"] }),
      await client.createTweet(CALL, { text: "a", mediaIds: ["3_77"] }),
      await client.createTweet(CALL, { text: "a", replyTo: "" }),
      await client.createTweet(CALL, { text: "a", replyTo: "12345678901234567890" }),
    ].map(failureOf);
    expect(failures.map((f) => [f.class, f.code])).toEqual(failures.map(() => ["terminal", "not_sendable"]));
    expect(failures[2]?.detail).toContain("four images");
    expect(x.received).toEqual([]);
  });
});

describe("deleting a tweet", () => {
  const notFound = {
    title: "Not Found Error",
    type: "https://api.x.com/2/problems/resource-not-found",
    detail: "gone",
  };

  test("says whether it was still there", async () => {
    await using x = new ScriptedX(json({ data: { deleted: true } }));
    expect(gotValue(await x.client.deleteTweet(CALL, TWEET_ID))).toEqual({ wasGone: false });
    expect([x.one.method, x.one.path, x.one.text]).toEqual(["DELETE", `/2/tweets/${TWEET_ID}`, ""]);
  });

  test.each([
    ["deleted: false", json({ data: { deleted: false } })],
    ["a 404 problem", json(notFound, 404)],
    [
      "a 404 with the number of the older API",
      json({ errors: [{ code: 144, message: "No status found with that ID." }] }, 404),
    ],
  ])("counts as done after %s", async (_name, reply) => {
    await using x = new ScriptedX(reply);
    expect(gotValue(await x.client.deleteTweet(CALL, TWEET_ID))).toEqual({ wasGone: true });
  });

  test("is not done because some other server has no such page", async () => {
    for (const body of ["<html>404</html>", "", "not found"]) {
      await using x = new ScriptedX(new Response(body, { status: 404 }));
      expect(failureOf(await x.client.deleteTweet(CALL, TWEET_ID)).code).toBe("not_found");
    }
  });
});
