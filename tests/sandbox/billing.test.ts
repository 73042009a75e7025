import { describe, expect, test } from "bun:test";
import { idOf, openSandbox, PNG, upload } from "./open-sandbox.ts";

describe("credits", () => {
  test("at zero everything but users/me is a 402 with an account number of 19 digits", async () => {
    await using x = await openSandbox();
    await x.control.run("setCredits", { usd: 0 });
    const answer = await x.call("POST", "/2/tweets", { json: { text: "one" } });
    expect(answer.status).toBe(402);
    expect(answer.text).toBe(
      '{"account_id":1553086854915936256,"title":"CreditsDepleted","detail":"Your enrolled account [1553086854915936256] does not have any credits to fulfill this request.","type":"https://api.x.com/2/problems/credits"}',
    );
    expect((await x.timeline()).status).toBe(402);
    expect((await x.call("GET", "/2/users/me")).status).toBe(200);
    await x.control.run("setCredits", { usd: 5 });
    expect((await x.call("POST", "/2/tweets", { json: { text: "one" } })).status).toBe(201);
  });

  test("are spent by X's prices: 13 times as much with a link, reads once a day, refusals never", async () => {
    await using x = await openSandbox();
    const spent = async () => (await x.control.state()).billing.spentUsd;
    const id = await x.tweet("plain");
    expect(await spent()).toBe(0.015);
    await x.tweet("see README.md");
    expect(await spent()).toBe(0.215);
    await x.call("POST", "/2/tweets", { json: { text: "plain" } });
    expect(await spent()).toBe(0.215);
    await x.timeline();
    await x.timeline();
    expect(await spent()).toBe(0.217);
    const media = idOf(await x.call("POST", "/2/media/upload", { form: upload(PNG) }));
    await x.call("POST", "/2/media/metadata", { json: { id: media, metadata: { alt_text: { text: "a dot" } } } });
    expect(await spent()).toBe(0.222);
    await x.call("DELETE", `/2/tweets/${id}`);
    expect(await spent()).toBe(0.232);
  });

  test("run out in the middle: the last one may go below zero, the next is refused", async () => {
    await using x = await openSandbox();
    await x.control.run("setCredits", { usd: 0.02 });
    await x.tweet("one");
    await x.tweet("two");
    expect((await x.control.state()).billing.creditsUsd).toBe(-0.01);
    expect((await x.call("POST", "/2/tweets", { json: { text: "three" } })).status).toBe(402);
  });
});

test("a spend cap is a 403 that names the day it ends, on the API and on the consent page", async () => {
  await using x = await openSandbox();
  await x.control.run("setSpendCap", { until: "2026-12-14" });
  const answer = await x.call("POST", "/2/tweets", { json: { text: "one" } });
  expect(answer.status).toBe(403);
  expect(answer.body).toEqual({
    title: "SpendCapReached",
    detail:
      "Your enrolled account [1553086854915936256] has reached its billing cycle spend cap. API requests will be blocked until the next cycle begins on 2026-12-14.",
    reset_date: "2026-12-14",
    type: "https://api.x.com/2/problems/credits",
  });
  expect((await x.call("GET", "/i/oauth2/authorize", { bearer: null })).status).toBe(400);
  await x.control.run("setSpendCap", { until: null });
  expect((await x.call("POST", "/2/tweets", { json: { text: "one" } })).status).toBe(201);
});
