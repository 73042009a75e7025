import { describe, expect, test } from "bun:test";
import { complaintOf, dataOf, idOf, openSandbox } from "./open-sandbox.ts";

describe("POST /2/tweets", () => {
  test("answers 201 with an id of 19 digits that only grows", async () => {
    await using x = await openSandbox();
    const first = await x.call("POST", "/2/tweets", { json: { text: "one" } });
    expect(first.status).toBe(201);
    const id = idOf(first);
    expect(id).toMatch(/^[0-9]{19}$/);
    expect(first.body).toEqual({ data: { id, text: "one", edit_history_tweet_ids: [id] } });
    let last = BigInt(id);
    for (let n = 0; n < 20; n += 1) {
      const next = BigInt(await x.tweet(`tweet ${n}`));
      expect(next > last).toBe(true);
      last = next;
    }
  });

  test("gives the text back with t.co links and escaped signs", async () => {
    await using x = await openSandbox();
    const answer = await x.call("POST", "/2/tweets", {
      json: { text: "a < b & c, see https://example.com/a?b=1 > d" },
    });
    expect(String(dataOf(answer)["text"])).toMatch(/^a &lt; b &amp; c, see https:\/\/t\.co\/\w{10} &gt; d$/);
  });

  test.each([
    [
      "a property that is not in the schema",
      { text: "x", texts: "y" },
      "$.texts: is not defined in the schema and the schema does not allow additional properties",
    ],
    [
      "one inside an object",
      { text: "x", reply: { in_reply_to_tweet_id: "1", to: "2" } },
      "$.reply.to: is not defined in the schema and the schema does not allow additional properties",
    ],
    ["a null", { text: "x", reply: null }, "$.reply: null found, object expected"],
    ["a number for a text", { text: 5 }, "$.text: integer found, string expected"],
    ["a number for an id", { media: { media_ids: [1] } }, "$.media.media_ids[0]: integer found, string expected"],
    [
      "an id that is none",
      { text: "x", reply: { in_reply_to_tweet_id: "abc" } },
      "$.reply.in_reply_to_tweet_id: does not match the regex pattern ^[0-9]{1,19}$",
    ],
    ["a missing part", { text: "x", reply: {} }, "$.reply.in_reply_to_tweet_id: is missing but it is required"],
    [
      "everyone as reply setting",
      { text: "x", reply_settings: "everyone" },
      "$.reply_settings: does not have a value in the enumeration [following, mentionedUsers, subscribers, verified]",
    ],
    [
      "five pictures",
      { text: "x", media: { media_ids: ["1", "2", "3", "4", "5"] } },
      "$.media.media_ids: array must have at most 4 items",
    ],
    ["neither text nor media", {}, "$.text: is missing but it is required"],
    ["only white space", { text: " \n " }, "$.text: is missing but it is required"],
  ])("refuses %s in X's words", async (_, json, message) => {
    await using x = await openSandbox();
    const answer = await x.call("POST", "/2/tweets", { json });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      title: "Invalid Request",
      detail: "One or more parameters to your request was invalid.",
      type: "https://api.x.com/2/problems/invalid-request",
    });
    expect(complaintOf(answer)).toBe(message);
    expect((await x.control.state()).tweets).toEqual([]);
  });

  test("refuses what excludes each other", async () => {
    await using x = await openSandbox();
    const poll = { options: ["a", "b"], duration_minutes: 60 };
    const answer = await x.call("POST", "/2/tweets", { json: { text: "x", poll, card_uri: "card://1" } });
    expect(complaintOf(answer)).toBe(
      "You can only provide one of poll or quote_tweet_id or direct_message_deep_link or media or card_uri.",
    );
  });

  test("refuses a body that is no JSON or does not say that it is", async () => {
    await using x = await openSandbox();
    const form = await x.call("POST", "/2/tweets", { form: new URLSearchParams({ text: "x" }) });
    expect(complaintOf(form)).toBe("Requests with bodies must have content-type of application/json.");
    const broken = await x.call("POST", "/2/tweets", { form: "{", headers: { "content-type": "application/json" } });
    expect(broken.status).toBe(400);
  });

  test("keeps the disclosures and the reply setting", async () => {
    await using x = await openSandbox();
    const json = { text: "x", made_with_ai: true, paid_partnership: true, reply_settings: "following" };
    expect((await x.call("POST", "/2/tweets", { json })).status).toBe(201);
    expect((await x.control.state()).tweets[0]).toMatchObject({
      madeWithAi: true,
      paidPartnership: true,
      replySettings: "following",
    });
  });
});

describe("length", () => {
  const TOO_LONG = { title: "Forbidden", detail: "Your Tweet text is too long.", type: "about:blank", status: 403 };

  test("280 weighted characters pass, 281 do not; a link counts 23, an emoji 2", async () => {
    await using x = await openSandbox();
    const create = async (text: string) => (await x.call("POST", "/2/tweets", { json: { text } })).status;
    expect(await create("a".repeat(280))).toBe(201);
    expect(await create("b".repeat(281))).toBe(403);
    expect(await create(`https://example.com/${"c".repeat(300)} ${"c".repeat(256)}`)).toBe(201);
    expect(await create(`https://example.com/${"d".repeat(300)} ${"d".repeat(257)}`)).toBe(403);
    expect(await create("漢".repeat(140))).toBe(201);
    expect(await create(`${"字".repeat(140)}e`)).toBe(403);
    expect(await create(`👩‍👩‍👧‍👧${"f".repeat(278)}`)).toBe(201);
  });

  test("the refusal is a 403, or a 400 when X is in that mood", async () => {
    await using x = await openSandbox();
    const json = { text: "a".repeat(281) };
    expect((await x.call("POST", "/2/tweets", { json })).body).toEqual(TOO_LONG);
    await x.control.run("configure", { tooLongStatus: 400 });
    const answer = await x.call("POST", "/2/tweets", { json });
    expect([answer.status, complaintOf(answer)]).toEqual([400, "Your Tweet text is too long."]);
  });

  test("a Premium account has 25,000", async () => {
    await using x = await openSandbox({ accounts: [{ handle: "ada", subscription: "Premium" }] });
    expect((await x.call("POST", "/2/tweets", { json: { text: "a".repeat(25_000) } })).status).toBe(201);
    expect((await x.call("POST", "/2/tweets", { json: { text: "a".repeat(25_001) } })).status).toBe(403);
  });
});

describe("what X refuses for its content", () => {
  const DUPLICATE = {
    title: "Forbidden",
    detail: "You are not allowed to create a Tweet with duplicate content.",
    type: "about:blank",
    status: 403,
  };

  test("the same text again, also as a reply in a thread, but not from another account", async () => {
    await using x = await openSandbox({ accounts: [{ handle: "ada" }, { handle: "bob" }] });
    const id = await x.tweet("same");
    const again = await x.call("POST", "/2/tweets", { json: { text: " same\n" } });
    expect([again.status, again.body]).toEqual([403, DUPLICATE]);
    const reply = await x.call("POST", "/2/tweets", { json: { text: "same", reply: { in_reply_to_tweet_id: id } } });
    expect(reply.body).toEqual(DUPLICATE);
    const bob = x.world.grant({ account: "bob" });
    const other = await x.call("POST", "/2/tweets", { json: { text: "same" }, bearer: bob.accessToken });
    expect(other.status).toBe(201);
  });

  test("not when the first one is deleted", async () => {
    await using x = await openSandbox();
    const id = await x.tweet("same");
    await x.control.run("deleteTweet", { id });
    expect(await x.tweet("same")).not.toBe(id);
  });

  test("two cashtags", async () => {
    await using x = await openSandbox();
    const answer = await x.call("POST", "/2/tweets", { json: { text: "$TSLA and $AAPL" } });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({
      title: "Authorization Error",
      detail: "Posts are limited to a maximum of one cashtag ($SYMBOL)",
    });
    expect((await x.call("POST", "/2/tweets", { json: { text: "$TSLA for $25 or $175k" } })).status).toBe(201);
  });

  test("everything, while the account is suspended", async () => {
    await using x = await openSandbox();
    await x.control.run("putAccount", { handle: "handle", suspended: true });
    const answer = await x.call("POST", "/2/tweets", { json: { text: "x" } });
    expect(answer.status).toBe(403);
    expect(String(complaintOf(answer))).toContain("account is suspended");
    await x.control.run("putAccount", { handle: "handle", suspended: false });
    await x.tweet("x");
  });
});
