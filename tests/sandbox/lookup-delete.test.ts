import { describe, expect, test } from "bun:test";
import { complaintOf, dataOf, openSandbox } from "./open-sandbox.ts";

describe("GET /2/tweets/:id", () => {
  test("returns a tweet with the fields that were asked for", async () => {
    await using x = await openSandbox();
    const root = await x.tweet("one");
    const id = await x.tweet("two https://example.com", root);
    const plain = await x.call("GET", `/2/tweets/${id}`);
    expect(Object.keys(dataOf(plain)).sort()).toEqual(["edit_history_tweet_ids", "id", "text"]);
    const query =
      "tweet.fields=created_at,conversation_id,referenced_tweets,entities,author_id&expansions=referenced_tweets.id";
    const full = await x.call("GET", `/2/tweets/${id}?${query}`);
    expect(full.body).toMatchObject({
      data: {
        conversation_id: root,
        author_id: x.user.accountId,
        referenced_tweets: [{ type: "replied_to", id: root }],
        entities: { urls: [{ start: 4, end: 27, expanded_url: "https://example.com", display_url: "example.com" }] },
      },
      includes: { tweets: [{ id: root }] },
    });
    expect(String(dataOf(full)["created_at"])).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  });

  test("what is missing is a 200 with errors and without data", async () => {
    await using x = await openSandbox();
    const id = await x.tweet("one");
    await x.control.run("deleteTweet", { id });
    const answer = await x.call("GET", `/2/tweets/${id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      errors: [
        {
          value: id,
          detail: `Could not find tweet with id: [${id}].`,
          title: "Not Found Error",
          resource_type: "tweet",
          parameter: "id",
          resource_id: id,
          type: "https://api.x.com/2/problems/resource-not-found",
        },
      ],
    });
  });

  test("refuses what is no id", async () => {
    await using x = await openSandbox();
    expect(complaintOf(await x.call("GET", "/2/tweets/abc"))).toBe("The `id` query parameter value [abc] is not valid");
  });

  test("a long post is cut in text and whole in note_tweet, or note_post", async () => {
    await using x = await openSandbox({ accounts: [{ handle: "ada", subscription: "PremiumPlus" }] });
    const text = `${"word ".repeat(200)}end`;
    const id = await x.tweet(text);
    const tweet = await x.call("GET", `/2/tweets/${id}?tweet.fields=note_tweet`);
    expect(dataOf(tweet)).toMatchObject({ note_tweet: { text } });
    expect(String(dataOf(tweet)["text"])).toMatch(/… https:\/\/t\.co\/\w{10}$/);
    expect(dataOf(await x.call("GET", `/2/tweets/${id}?post.fields=note_post`))).toMatchObject({ note_post: { text } });
  });
});

describe("DELETE /2/tweets/:id", () => {
  test("deletes once; the second time is a 404, or deleted: false", async () => {
    await using x = await openSandbox();
    const id = await x.tweet("one");
    expect((await x.call("DELETE", `/2/tweets/${id}`)).body).toEqual({ data: { deleted: true } });
    expect((await x.call("DELETE", `/2/tweets/${id}`)).status).toBe(404);
    await x.control.run("configure", { missingDelete: "deleted_false" });
    const answer = await x.call("DELETE", `/2/tweets/${id}`);
    expect([answer.status, answer.body]).toEqual([200, { data: { deleted: false } }]);
  });

  test("refuses a tweet of somebody else", async () => {
    await using x = await openSandbox({ accounts: [{ handle: "ada" }, { handle: "bob" }] });
    const { id } = x.world.writeTweet({ account: "bob", text: "mine" });
    expect((await x.call("DELETE", `/2/tweets/${id}`)).status).toBe(403);
    expect((await x.control.state()).tweets[0]?.deleted).toBe(false);
  });
});
