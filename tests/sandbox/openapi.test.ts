import { describe, expect, test } from "bun:test";
import type { Reply } from "../../src/sandbox/http.ts";
import type { ExchangeRequest } from "../../src/sandbox/server.ts";
import { countingValidator, documentsAreHere, reasonsAgainstAnswer } from "../support/openapi.ts";
import { idOf, type OpenSandbox, openSandbox, PNG, upload } from "./open-sandbox.ts";

const here = documentsAreHere();
if (!here) console.log("skipped: X's OpenAPI documents are not beside the project (../shared/data)");

/** One of everything that a client does. */
async function everything(x: OpenSandbox): Promise<void> {
  await x.call("GET", "/2/users/me?user.fields=subscription_type,verified_type,protected");
  const media = idOf(await x.call("POST", "/2/media/upload", { form: upload(PNG) }));
  await x.call("POST", "/2/media/metadata", { json: { id: media, metadata: { alt_text: { text: "a dot" } } } });
  const made = await x.call("POST", "/2/tweets", {
    json: {
      text: "see https://example.com",
      media: { media_ids: [media] },
      made_with_ai: true,
      paid_partnership: false,
    },
  });
  const reply = await x.tweet("two", idOf(made));
  await x.timeline(
    `max_results=5&exclude=retweets&since_id=1&start_time=2026-01-01T00:00:00Z&tweet.fields=${FIELDS}&expansions=referenced_tweets.id,attachments.media_keys&media.fields=alt_text,url`,
  );
  await x.timeline(
    "post.fields=created_at,entities,public_metrics,edit_controls&expansions=referenced_posts,author_id,edit_history_post_ids",
  );
  await x.call("GET", `/2/tweets/${reply}?tweet.fields=${FIELDS}`);
  await x.call("GET", "/2/tweets/1");
  await x.call("DELETE", `/2/tweets/${reply}`);
}
const FIELDS =
  "created_at,conversation_id,referenced_tweets,entities,attachments,author_id,edit_controls,public_metrics,note_tweet,reply_settings,lang";

describe.skipIf(!here)("checking requests against X's documents", () => {
  test("counts what fits both, in either vocabulary, and leaves sign-in out", async () => {
    const validator = countingValidator();
    await using x = await openSandbox({ onExchange: validator.onExchange });
    await everything(x);
    await x.call("POST", "/2/oauth2/token", {
      bearer: null,
      form: new URLSearchParams({ grant_type: "refresh_token" }),
    });
    await validator.settled();
    expect(validator.report()).toEqual({ validated: 10, invalid: [] });
    expect(validator.summary()).toBe("10 requests validated against X's OpenAPI documents, 0 invalid");
  });

  test.each([
    ["a property that X does not have", "POST", "/2/tweets", { json: { text: "x", scheduled_at: "tomorrow" } }],
    ["a null", "POST", "/2/tweets", { json: { text: "x", reply: null } }],
    ["an id that is a number", "POST", "/2/tweets", { json: { media: { media_ids: [1] } } }],
    ["a body of another type", "POST", "/2/tweets", { form: new URLSearchParams({ text: "x" }) }],
    ["a body that is no JSON", "POST", "/2/tweets", { form: "{", headers: { "content-type": "application/json" } }],
    ["an upload without its category", "POST", "/2/media/upload", { form: upload(PNG, null) }],
    ["a category that the older document lacks", "POST", "/2/media/upload", { form: upload(PNG, "tweet_gif") }],
    ["a field of the other vocabulary", "GET", "/2/tweets/1?tweet.fields=referenced_posts", {}],
    ["two vocabularies in one request", "GET", "/2/tweets/1?tweet.fields=id&post.fields=id", {}],
    ["a size that is out of range", "GET", "/2/users/1/tweets?max_results=3", {}],
    ["an id that is none", "DELETE", "/2/tweets/abc", {}],
    ["an operation that X does not have", "GET", "/2/posts/1", {}],
  ])("finds %s", async (_, method, path, options) => {
    const validator = countingValidator();
    await using x = await openSandbox({ onExchange: validator.onExchange });
    await x.call(method, path, options);
    await validator.settled();
    expect(validator.report().validated).toBe(1);
    expect(validator.report().invalid).toHaveLength(1);
    expect(validator.summary()).toContain("1 invalid\n  ");
  });

  test("a field of the older document that the newer dropped does not pass", async () => {
    const validator = countingValidator();
    await using x = await openSandbox({ onExchange: validator.onExchange });
    const form = upload(PNG);
    form.set("media_type", "image/png");
    await x.call("POST", "/2/media/upload", { form });
    await validator.settled();
    expect(validator.report().invalid[0]?.reasons.join()).toContain("media_type");
  });
});

test.skipIf(!here)("every success of the sandbox is one that X's documents describe", async () => {
  const seen: [ExchangeRequest, Reply][] = [];
  await using x = await openSandbox({
    onExchange: (request, response) => {
      if (response !== null) seen.push([request, response]);
    },
  });
  await everything(x);
  expect(seen).toHaveLength(10);
  for (const [request, response] of seen) {
    expect(response.status).toBeLessThan(300);
    expect(reasonsAgainstAnswer(request, response)).toEqual([]);
  }
});
