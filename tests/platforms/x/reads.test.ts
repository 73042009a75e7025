import { describe, expect, test } from "bun:test";
import { failureOf, gotValue } from "./calls.ts";
import { CALL, json, ScriptedX, TWEET_ID } from "./support.ts";

const PARENT_ID = "1989999999999999999";
const created = "2026-12-01T11:59:58.000Z";
const tweet = { id: TWEET_ID, text: "hello", created_at: created };

describe("ids", () => {
  test("of 19 digits stay exact, as strings and as bare numbers", async () => {
    const id = "1553086854915936257";
    await using x = new ScriptedX(
      new Response(`{"data":{"id":${id},"text":"my number is 1553086854915936257","created_at":"${created}"}}`),
    );
    const got = gotValue(await x.client.getTweet(CALL, id));
    expect(got.id).toBe(id);
    expect(got.text).toBe(`my number is ${id}`);
  });

  test("that are short numbers become strings", async () => {
    await using x = new ScriptedX(json({ data: { id: 42, username: "ada", name: "Ada" } }));
    expect(gotValue(await x.client.me(CALL)).id).toBe("42");
  });

  test("of an account in an error do not break the reading of it", async () => {
    await using x = new ScriptedX(
      new Response('{"account_id":1553086854915936256,"title":"CreditsDepleted","detail":"no"}', { status: 402 }),
    );
    expect(failureOf(await x.client.me(CALL)).code).toBe("credits_depleted");
  });
});

describe("who is signed in", () => {
  test("comes with what decides the length of a tweet", async () => {
    const data = {
      id: "42",
      name: "Ada",
      username: "ada",
      subscription_type: "Premium",
      verified_type: "blue",
      protected: false,
    };
    await using x = new ScriptedX(json({ data }));
    expect(gotValue(await x.client.me(CALL))).toEqual({
      id: "42",
      name: "Ada",
      username: "ada",
      subscriptionType: "Premium",
      verifiedType: "blue",
      isProtected: false,
    });
    expect(x.one.path).toBe("/2/users/me");
    expect(x.one.query).toEqual({ "user.fields": "subscription_type,verified_type,protected" });
    expect(x.one.headers.get("authorization")).toBe(`Bearer ${CALL.accessToken}`);
  });
});

describe("a tweet", () => {
  const inTweetWords = {
    ...tweet,
    conversation_id: PARENT_ID,
    referenced_tweets: [
      { type: "quoted", id: "7" },
      { type: "replied_to", id: PARENT_ID },
    ],
    edit_history_tweet_ids: ["1", TWEET_ID],
  };
  const inPostWords = {
    ...tweet,
    conversation_id: PARENT_ID,
    referenced_posts: inTweetWords.referenced_tweets,
    edit_history_post_ids: inTweetWords.edit_history_tweet_ids,
  };

  test.each([
    ["tweets", inTweetWords],
    ["posts", inPostWords],
  ])("reads the same in the vocabulary of %s", async (_name, data) => {
    await using x = new ScriptedX(json({ data }));
    expect(gotValue(await x.client.getTweet(CALL, TWEET_ID))).toEqual({
      id: TWEET_ID,
      text: "hello",
      createdAt: new Date(created),
      repliedTo: PARENT_ID,
      conversationId: PARENT_ID,
      urls: [],
      mediaCount: 0,
      editHistoryIds: ["1", TWEET_ID],
    });
  });

  test.each([
    ["note_tweet", "entities"],
    ["note_post", "entities"],
  ])("gives the full text and links of a long one (%s)", async (note) => {
    const link = { url: "https://t.co/aaa", expanded_url: "https://example.com/a", display_url: "example.com/a" };
    const far = { url: "https://t.co/bbb", expanded_url: "https://example.com/b", display_url: "example.com/b" };
    const data = {
      ...tweet,
      text: "The beginning https://t.co/aaa…",
      entities: { urls: [link] },
      [note]: { text: "The beginning https://t.co/aaa and the end https://t.co/bbb", entities: { urls: [link, far] } },
    };
    await using x = new ScriptedX(json({ data }));
    const got = gotValue(await x.client.getTweet(CALL, TWEET_ID));
    expect(got.text).toBe("The beginning https://t.co/aaa and the end https://t.co/bbb");
    expect(got.urls).toEqual([
      { url: "https://t.co/aaa", expandedUrl: "https://example.com/a" },
      { url: "https://t.co/bbb", expandedUrl: "https://example.com/b" },
    ]);
  });

  describe("with media", () => {
    const link = { url: "https://t.co/link", expanded_url: "https://example.com", display_url: "example.com" };
    const photo = (key: string) => ({
      url: "https://t.co/media",
      expanded_url: `https://x.com/ada/status/${TWEET_ID}/photo/1`,
      display_url: "pic.x.com/media",
      media_key: key,
    });
    const read = async (data: object) => {
      await using x = new ScriptedX(json({ data: { ...tweet, ...data } }));
      const { text, urls, mediaCount } = gotValue(await x.client.getTweet(CALL, TWEET_ID));
      return { text, urls: urls.map((u) => u.url), mediaCount };
    };

    test("counts the pictures and takes off the one link that stands for them", async () => {
      const data = {
        text: "look https://t.co/link https://t.co/media",
        entities: { urls: [link, photo("3_1"), photo("3_2")] },
        attachments: { media_keys: ["3_1", "3_2"] },
      };
      expect(await read(data)).toEqual({ text: "look https://t.co/link", urls: ["https://t.co/link"], mediaCount: 2 });
    });

    test("counts by the links when X lists no attachments", async () => {
      const data = { text: "two https://t.co/media", entities: { urls: [photo("3_1"), photo("3_2")] } };
      expect(await read(data)).toEqual({ text: "two", urls: [], mediaCount: 2 });
      const { media_key: _, ...keyless } = photo("3_1");
      expect(await read({ text: "one https://t.co/media", entities: { urls: [keyless] } })).toMatchObject({
        text: "one",
        mediaCount: 1,
      });
    });

    test("takes the link off also when X does not list it", async () => {
      const data = { text: "look https://t.co/media", attachments: { media_keys: ["3_1"] } };
      expect(await read(data)).toEqual({ text: "look", urls: [], mediaCount: 1 });
    });

    test("keeps the author's own link at the end", async () => {
      const data = {
        text: "look https://t.co/link",
        entities: { urls: [link] },
        attachments: { media_keys: ["3_1"] },
      };
      expect(await read(data)).toEqual({ text: "look https://t.co/link", urls: ["https://t.co/link"], mediaCount: 1 });
    });

    test("and no text is empty", async () => {
      const data = {
        text: "https://t.co/media",
        entities: { urls: [photo("3_1")] },
        attachments: { media_keys: ["3_1"] },
      };
      expect(await read(data)).toEqual({ text: "", urls: [], mediaCount: 1 });
    });
  });

  test("passes over the empty edit history that X has been seen to send, and nulls", async () => {
    const data = {
      ...tweet,
      edit_history_tweet_ids: [""],
      entities: null,
      attachments: { media_keys: null },
      new_field: 1,
    };
    await using x = new ScriptedX(json({ data }));
    expect(gotValue(await x.client.getTweet(CALL, TWEET_ID))).toMatchObject({ editHistoryIds: [], mediaCount: 0 });
  });

  test("that is gone comes as 200 without data and is not found", async () => {
    const type = "https://api.x.com/2/problems/resource-not-found";
    const errors = [
      {
        type,
        title: "Not Found Error",
        detail: `Could not find tweet with id: [${TWEET_ID}].`,
        resource_type: "tweet",
      },
    ];
    await using x = new ScriptedX(json({ errors }));
    expect(failureOf(await x.client.getTweet(CALL, TWEET_ID))).toMatchObject({
      code: "not_found",
      class: "terminal",
      status: 200,
    });
  });

  test("that the account may not see is told from one that is gone", async () => {
    const type = "https://api.twitter.com/2/problems/not-authorized-for-resource";
    await using x = new ScriptedX(
      json({ errors: [{ type, title: "Authorization Error", detail: "Sorry, not authorized." }] }),
    );
    expect(failureOf(await x.client.getTweet(CALL, TWEET_ID))).toMatchObject({
      code: "not_visible",
      class: "terminal",
    });
  });
});

test("what can't be sent is refused without asking X", async () => {
  await using x = new ScriptedX(json({}));
  const { client } = x;
  const failures = [
    await client.getTweet(CALL, "12a"),
    await client.getTweet(CALL, "../users/me"),
    await client.ownTimeline(CALL, { userId: "ada" }),
    await client.ownTimeline(CALL, { userId: "42", maxResults: 1 }),
    await client.ownTimeline(CALL, { userId: "42", startTime: new Date(Number.NaN) }),
  ].map(failureOf);
  expect(failures.map((f) => [f.class, f.code])).toEqual(failures.map(() => ["terminal", "not_sendable"]));
  expect(x.received).toEqual([]);
});
