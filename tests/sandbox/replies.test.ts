import { describe, expect, test } from "bun:test";
import { complaintOf, openSandbox } from "./open-sandbox.ts";

const accounts = [{ handle: "ada" }, { handle: "stranger" }];

describe("replies", () => {
  test("to one's own tweets make a thread", async () => {
    await using x = await openSandbox();
    const root = await x.tweet("one");
    const second = await x.tweet("two", root);
    const third = await x.tweet("three", second);
    const { tweets } = await x.control.state();
    expect(tweets.map(({ id, parent, conversation }) => ({ id, parent, conversation }))).toEqual([
      { id: root, parent: null, conversation: root },
      { id: second, parent: root, conversation: root },
      { id: third, parent: second, conversation: root },
    ]);
  });

  test("to a stranger's tweet are refused, unless it mentions the account", async () => {
    await using x = await openSandbox({ accounts });
    const cold = x.world.writeTweet({ account: "stranger", text: "hello world" });
    const warm = x.world.writeTweet({ account: "stranger", text: "what does @ada think?" });
    const reply = (id: string) =>
      x.call("POST", "/2/tweets", { json: { text: `re ${id}`, reply: { in_reply_to_tweet_id: id } } });
    const refused = await reply(cold.id);
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual({
      detail: "You can only reply to or quote posts where you are mentioned or are the author.",
      status: 403,
      title: "Authorization Error",
      type: "https://api.x.com/2/problems/not-authorized-for-resource",
    });
    expect((await reply(warm.id)).status).toBe(201);
  });

  test("to a tweet that is gone or never was are refused", async () => {
    await using x = await openSandbox();
    const root = await x.tweet("one");
    await x.control.run("deleteTweet", { id: root });
    for (const id of [root, "1234567890123456789"]) {
      const answer = await x.call("POST", "/2/tweets", { json: { text: "two", reply: { in_reply_to_tweet_id: id } } });
      expect(answer.status).toBe(403);
      expect(String(complaintOf(answer))).toContain("reply to a Tweet that is deleted or not visible");
    }
  });

  test("stay up when the root of the thread is deleted", async () => {
    await using x = await openSandbox();
    const root = await x.tweet("one");
    await x.tweet("two", root);
    expect((await x.call("DELETE", `/2/tweets/${root}`)).body).toEqual({ data: { deleted: true } });
    const { tweets } = await x.control.state();
    expect(tweets.map(({ deleted }) => deleted)).toEqual([true, false]);
  });

  test("quotes are refused", async () => {
    await using x = await openSandbox();
    const root = await x.tweet("one");
    const answer = await x.call("POST", "/2/tweets", { json: { text: "see", quote_tweet_id: root } });
    expect(answer.status).toBe(403);
    expect(String(complaintOf(answer))).toStartWith("Quoting this post is not allowed");
  });
});

describe("edits", () => {
  test("make a version with an id of its own; the timeline shows the newest, both know the history", async () => {
    await using x = await openSandbox();
    const first = await x.tweet("teh text");
    const { id: second } = await x.control.run("editTweet", { id: first, text: "the text" });
    const timeline = await x.timeline();
    expect(timeline.body).toMatchObject({
      data: [{ id: second, text: "the text", edit_history_tweet_ids: [first, second] }],
      meta: { result_count: 1 },
    });
    const old = await x.call("GET", `/2/tweets/${first}`);
    expect(old.body).toMatchObject({ data: { id: first, edit_history_tweet_ids: [first, second] } });
  });

  test("through the API take a Premium account", async () => {
    await using x = await openSandbox();
    const id = await x.tweet("teh text");
    const json = { text: "the text", edit_options: { previous_post_id: id } };
    const refused = await x.call("POST", "/2/tweets", { json });
    expect([refused.status, complaintOf(refused)]).toEqual([403, "You are not permitted to perform this action."]);
    await x.control.run("putAccount", { handle: "handle", subscription: "Premium" });
    expect((await x.call("POST", "/2/tweets", { json })).status).toBe(201);
  });
});
