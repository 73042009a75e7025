import { describe, expect, test } from "bun:test";
import { failureOf, gotValue } from "./calls.ts";
import { CALL, json, type Received, ScriptedX, TWEET_ID } from "./support.ts";

const PARENT_ID = "1989999999999999999";
const created = "2026-12-01T11:59:58.000Z";
const tweet = { id: TWEET_ID, text: "hello", created_at: created };

const unknownParameter = (name: string) =>
  json(
    {
      errors: [
        {
          message: `The query parameter [${name}] is not one of [id,max_results,expansions]`,
          parameters: { [name]: ["x"] },
        },
      ],
      title: "Invalid Request",
      detail: "One or more parameters to your request was invalid.",
      type: "https://api.x.com/2/problems/invalid-request",
    },
    400,
  );
/** A server that knows one of the two vocabularies. */
const knows = (vocabulary: "tweet" | "post", body: unknown) => (received: Received) => {
  const foreign = vocabulary === "tweet" ? "post.fields" : "tweet.fields";
  return foreign in received.query ? unknownParameter(foreign) : json(body);
};

describe("the account's own tweets", () => {
  const query = { userId: "42" };

  test("are asked for with what was given, in whole seconds", async () => {
    await using x = new ScriptedX(json({ data: [tweet], meta: { result_count: 1, next_token: "n1" } }));
    const page = gotValue(
      await x.client.ownTimeline(CALL, {
        userId: "42",
        sinceId: PARENT_ID,
        startTime: new Date("2026-12-01T11:58:59.999Z"),
        maxResults: 100,
        paginationToken: "n0",
      }),
    );
    expect(page.tweets.map((t) => t.id)).toEqual([TWEET_ID]);
    expect(page.nextToken).toBe("n1");
    expect(x.one.path).toBe("/2/users/42/tweets");
    expect(x.one.query).toMatchObject({
      since_id: PARENT_ID,
      start_time: "2026-12-01T11:58:59Z",
      max_results: "100",
      pagination_token: "n0",
      exclude: "retweets",
    });
  });

  test("are none when X counts none", async () => {
    await using x = new ScriptedX(json({ meta: { result_count: 0 } }));
    expect(gotValue(await x.client.ownTimeline(CALL, query))).toEqual({ tweets: [] });
  });

  test.each([
    ["an empty object", {}],
    ["errors without data", { errors: [{ title: "Internal", type: "about:blank" }] }],
    ["a count without data", { meta: { result_count: 3 } }],
    ["a list with something else in it", { data: [tweet, { id: "x" }] }],
    ["a reply whose parent can't be read", { data: [{ ...tweet, referenced_tweets: [{ type: "replied_to" }] }] }],
    ["a time that is none", { data: [{ ...tweet, created_at: "yesterday" }] }],
    ["text", "hello"],
  ])("are unreadable, and not none, when the answer is %s", async (_name, body) => {
    await using x = new ScriptedX(json(body));
    expect(failureOf(await x.client.ownTimeline(CALL, query))).toMatchObject({
      code: "unreadable_answer",
      class: "safe",
    });
  });

  test("are asked for in the other vocabulary when X refuses one, and from then on", async () => {
    const data = [{ ...tweet, referenced_posts: [{ type: "replied_to", id: PARENT_ID }] }];
    await using x = new ScriptedX(knows("post", { data }));
    const { client } = x;
    const first = gotValue(await client.ownTimeline(CALL, query));
    expect(first.tweets[0]?.repliedTo).toBe(PARENT_ID);
    expect(x.received.map((r) => "post.fields" in r.query)).toEqual([false, true]);
    expect(x.received[1]?.query["expansions"]).toBe("referenced_posts,edit_history_post_ids");
    await client.ownTimeline(CALL, query);
    expect(x.received.map((r) => "post.fields" in r.query)).toEqual([false, true, true]);
  });

  test("are asked for once where X knows the first vocabulary", async () => {
    await using x = new ScriptedX(knows("tweet", { data: [tweet] }));
    gotValue(await x.client.ownTimeline(CALL, query));
    expect(x.one.query["tweet.fields"]).toContain("referenced_tweets");
  });

  test("are asked for again when X passes over the fields without a word", async () => {
    const bare = { data: [{ id: TWEET_ID, text: "hello" }] };
    await using x = new ScriptedX((r) => json("post.fields" in r.query ? { data: [tweet] } : bare));
    expect(gotValue(await x.client.ownTimeline(CALL, query)).tweets[0]?.createdAt).toEqual(new Date(created));
    await using y = new ScriptedX(json(bare));
    expect(gotValue(await y.client.ownTimeline(CALL, query)).tweets).toHaveLength(1);
    expect(y.received).toHaveLength(2);
  });

  test("are refused when X knows neither vocabulary", async () => {
    await using x = new ScriptedX((r) => unknownParameter("post.fields" in r.query ? "post.fields" : "tweet.fields"));
    expect(failureOf(await x.client.ownTimeline(CALL, query))).toMatchObject({ code: "invalid_request", status: 400 });
    expect(x.received).toHaveLength(2);
  });

  test("are not asked for twice when another parameter is refused", async () => {
    await using x = new ScriptedX(unknownParameter("since_id"));
    expect(failureOf(await x.client.ownTimeline(CALL, query)).code).toBe("invalid_request");
    expect(x.received).toHaveLength(1);
  });
});
