import { describe, expect, test } from "bun:test";
import { isRecord } from "../../src/sandbox/http.ts";
import { complaintOf, idOf, listOf, movableClock, openSandbox, PNG, textsOf, upload } from "./open-sandbox.ts";

describe("GET /2/users/:id/tweets", () => {
  test("lists the account's own tweets, newest first, and nothing for an empty account", async () => {
    await using x = await openSandbox({ accounts: [{ handle: "ada" }, { handle: "bob" }] });
    expect((await x.timeline()).body).toEqual({ meta: { result_count: 0 } });
    const first = await x.tweet("one");
    x.world.writeTweet({ account: "bob", text: "not hers" });
    const second = await x.tweet("two", first);
    const answer = await x.timeline();
    expect(textsOf(answer)).toEqual(["two", "one"]);
    expect(answer.body).toMatchObject({ meta: { result_count: 2, newest_id: second, oldest_id: first } });
  });

  test("pages with an opaque token", async () => {
    await using x = await openSandbox();
    for (let n = 1; n <= 12; n += 1) await x.tweet(`tweet ${n}`);
    const seen: unknown[] = [];
    let query = "max_results=5";
    for (let page = 0; page < 3; page += 1) {
      const answer = await x.timeline(query);
      seen.push(...textsOf(answer));
      const meta = isRecord(answer.body) && isRecord(answer.body["meta"]) ? answer.body["meta"] : {};
      expect("next_token" in meta).toBe(page < 2);
      query = `max_results=5&pagination_token=${meta["next_token"]}`;
    }
    expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => `tweet ${12 - i}`));
    expect(complaintOf(await x.timeline("pagination_token=made-up"))).toContain("pagination_token");
  });

  test("bounds by id and by time; an id takes precedence over the time at its end", async () => {
    const clock = movableClock("2026-11-22T10:00:00.400Z");
    await using x = await openSandbox({ now: clock.now });
    const ids: string[] = [];
    for (const text of ["a", "b", "c", "d"]) {
      ids.push(await x.tweet(text));
      clock.forward(60);
    }
    const [a, b, , d] = ids;
    expect(textsOf(await x.timeline(`since_id=${b}`))).toEqual(["d", "c"]);
    expect(textsOf(await x.timeline(`until_id=${b}`))).toEqual(["a"]);
    expect(textsOf(await x.timeline(`since_id=${a}&until_id=${d}`))).toEqual(["c", "b"]);
    expect(textsOf(await x.timeline("start_time=2026-11-22T10:01:00Z"))).toEqual(["d", "c", "b"]);
    expect(textsOf(await x.timeline("start_time=2026-11-22T10:01:01Z&end_time=2026-11-22T10:03:00.000Z"))).toEqual([
      "c",
    ]);
    expect(textsOf(await x.timeline(`since_id=${a}&start_time=2026-11-22T10:03:00Z`))).toEqual(["d", "c", "b"]);
  });

  test("leaves replies out when told to", async () => {
    await using x = await openSandbox();
    await x.tweet("two", await x.tweet("one"));
    expect(textsOf(await x.timeline("exclude=replies,retweets"))).toEqual(["one"]);
    expect(textsOf(await x.timeline("exclude=retweets"))).toEqual(["two", "one"]);
  });

  test.each([
    ["max_results=4", "The `max_results` query parameter value [4] is not between 5 and 100"],
    ["max_results=101", "The `max_results` query parameter value [101] is not between 5 and 100"],
    ["since_id=x", "The `since_id` query parameter value [x] is not valid"],
    ["start_time=yesterday", "The `start_time` query parameter value [yesterday] is not a valid RFC3339 date-time"],
    ["exclude=quotes", "The `exclude` query parameter value [quotes] is not one of [replies,retweets]"],
    ["since_id=1&since_id=2", "Duplicate parameters are not allowed: the `since_id` query parameter"],
    [
      "start_time=2026-01-02T00:00:00Z&end_time=2026-01-01T00:00:00Z",
      "Invalid 'start_time':'2026-01-02T00:00:00Z'. 'start_time' must be before 'end_time'.",
    ],
  ])("refuses %s", async (query, message) => {
    await using x = await openSandbox();
    const answer = await x.timeline(query);
    expect([answer.status, complaintOf(answer)]).toEqual([400, message]);
  });

  test("a user who does not exist is a 200 with errors", async () => {
    await using x = await openSandbox();
    const answer = await x.call("GET", "/2/users/42/tweets");
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ errors: [{ resource_type: "user", value: "42" }] });
  });

  test("a picture shows as a link at the end and as an attachment", async () => {
    await using x = await openSandbox();
    const media = idOf(await x.call("POST", "/2/media/upload", { form: upload(PNG) }));
    await x.call("POST", "/2/media/metadata", { json: { id: media, metadata: { alt_text: { text: "a dot" } } } });
    await x.call("POST", "/2/tweets", { json: { text: "look", media: { media_ids: [media] } } });
    const query =
      "tweet.fields=attachments,entities&expansions=attachments.media_keys&media.fields=alt_text,type,width";
    const answer = await x.timeline(query);
    expect(String(textsOf(answer)[0])).toMatch(/^look https:\/\/t\.co\/\w{10}$/);
    expect(answer.body).toMatchObject({
      data: [
        { attachments: { media_keys: [`3_${media}`] }, entities: { urls: [{ start: 5, media_key: `3_${media}` }] } },
      ],
      includes: { media: [{ media_key: `3_${media}`, type: "photo", alt_text: "a dot", width: 1 }] },
    });
  });
});

describe("the two vocabularies", () => {
  test("by default either is taken and answered in kind", async () => {
    await using x = await openSandbox();
    const root = await x.tweet("one");
    const id = await x.tweet("two", root);
    const [old] = listOf(await x.timeline("tweet.fields=referenced_tweets"));
    expect(old).toMatchObject({ edit_history_tweet_ids: [id], referenced_tweets: [{ type: "replied_to", id: root }] });
    const [renamed] = listOf(await x.timeline("post.fields=created_at&expansions=referenced_posts,author_id"));
    expect(renamed).toMatchObject({
      edit_history_post_ids: [id],
      referenced_posts: [{ id: root }],
      author_id: x.user.accountId,
    });
    expect(renamed).not.toHaveProperty("edit_history_tweet_ids");
  });

  test("in the new one referenced_posts and author_id are no fields but expansions", async () => {
    await using x = await openSandbox();
    const answer = await x.timeline("post.fields=referenced_posts");
    expect(answer.status).toBe(400);
    expect(complaintOf(answer)).toContain("The `post.fields` query parameter value [referenced_posts] is not one of [");
  });

  test("one alone refuses the other by the parameter's name", async () => {
    await using x = await openSandbox();
    await x.control.run("configure", { vocabulary: "post" });
    const old = await x.timeline("tweet.fields=created_at");
    expect(old.status).toBe(400);
    expect(old.body).toMatchObject({ errors: [{ parameters: { "tweet.fields": ["created_at"] } }] });
    expect(complaintOf(old)).toContain("The query parameter [tweet.fields] is not one of [");
    const made = await x.call("POST", "/2/tweets", { json: { text: "one" } });
    expect(made.body).toMatchObject({ data: { edit_history_post_ids: [idOf(made)] } });
    await x.control.run("configure", { vocabulary: "tweet" });
    expect(complaintOf(await x.timeline("post.fields=created_at"))).toContain("[post.fields]");
    expect((await x.timeline("tweet.fields=created_at")).status).toBe(200);
  });
});

describe("read-after-write lag", () => {
  test("by time: a tweet shows when it is old enough", async () => {
    const clock = movableClock();
    await using x = await openSandbox({ now: clock.now });
    await x.control.run("configure", { readLagMs: 5000 });
    await x.tweet("one");
    clock.forward(4.999);
    expect(textsOf(await x.timeline())).toEqual([]);
    clock.forward(0.001);
    expect(textsOf(await x.timeline())).toEqual(["one"]);
  });

  test("by reads: a tweet shows after as many reads missed it", async () => {
    await using x = await openSandbox();
    await x.tweet("old");
    await x.control.run("configure", { readLagReads: 2 });
    const seen = [textsOf(await x.timeline()), textsOf(await x.timeline())];
    await x.tweet("new");
    for (let n = 0; n < 3; n += 1) seen.push(textsOf(await x.timeline()));
    expect(seen).toEqual([[], [], ["old"], ["old"], ["new", "old"]]);
  });
});
