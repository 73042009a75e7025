import { describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { TriggerClient } from "@trigger.dev/sdk";
import { commandTriggerApi } from "../support/trigger-api/commands.ts";
import { clientOf, failureOf, setUp } from "../support/trigger-api/sdk.ts";
import type { TriggerApi } from "../support/trigger-api/trigger-api.ts";

const TRIGGER = { method: "POST", path: "/api/v1/tasks/:id/trigger" };
const answersOf = (api: TriggerApi) => api.requests.map(({ answered }) => answered);

describe("the SDK, refused", () => {
  test("a wrong key: at once, without a second attempt", async () => {
    await using it = await setUp();
    const stranger = clientOf(it.api, { key: "tr_prod_other" });
    const refusal = { kind: "AuthenticationError", status: 401, message: "Invalid API key" };
    expect(await failureOf(stranger.runs.retrieve("run_1"))).toEqual(refusal);
    expect(await failureOf(stranger.tasks.trigger("publish-post", {}))).toEqual(refusal);
    expect(answersOf(it.api)).toEqual([401, 401]);
    const bare = await fetch(`${it.api.url}/api/v1/runs`);
    expect([bare.status, bare.headers.get("content-type"), bare.headers.get("x-ratelimit-limit")]).toEqual([
      401,
      "application/problem+json; charset=utf-8",
      null,
    ]);
    expect(await bare.json()).toMatchObject({ error: "No authorization header provided" });
  });

  test("another environment's run is not found", async () => {
    await using it = await setUp({ secretKeys: ["tr_prod_standin", "tr_dev_standin"] });
    const { id } = await it.arm();
    const dev = clientOf(it.api, { key: "tr_dev_standin" });
    expect(await failureOf(dev.runs.cancel(id))).toMatchObject({ status: 404, message: "Resource not found" });
    expect(it.api.run(id).status).toBe("QUEUED");
  });

  test("an unknown run is asked for again, as often as maxAttempts says: the platform wishes it", async () => {
    await using it = await setUp();
    const missing = { kind: "NotFoundError", status: 404, message: "Not found" };
    const accessToken = it.api.secretKey;
    const requestOptions = { retry: { maxAttempts: 2 } };
    const client = new TriggerClient({ accessToken, baseURL: it.api.url, requestOptions });
    expect(await failureOf(client.runs.retrieve("run_nope"))).toEqual(missing);
    expect(answersOf(it.api)).toEqual([404, 404]);
    expect(await failureOf(clientOf(it.api, { maxAttempts: 1 }).runs.retrieve("run_nope"))).toEqual(missing);
    expect(answersOf(it.api)).toHaveLength(3);
    expect(await failureOf(it.client.runs.cancel("run_nope"))).toMatchObject({ status: 404 });
    expect(answersOf(it.api)).toHaveLength(4);
  });

  test("too many tags, or one too long", async () => {
    await using it = await setUp();
    const tags = Array.from({ length: 12 }, (_, n) => `t${n}`);
    const message = "Runs can only have 10 tags, you're trying to set 12.";
    expect(await failureOf(it.arm({ tags }))).toEqual({ kind: "UnprocessableEntityError", status: 422, message });
    expect(await failureOf(it.arm({ tags: ["x".repeat(129)] }))).toEqual({
      kind: "BadRequestError",
      status: 400,
      message: `Validation error: Tags must be less than 128 characters at "options.tags[0]"`,
    });
    expect(it.api.runs()).toEqual([]);
  });

  test("more calls than the limit allows: 429 until the bucket is filled again", async () => {
    await using it = await setUp({ rateLimit: { limit: 1, refill: 1, intervalMs: 60_000 } });
    const once = clientOf(it.api, { maxAttempts: 1 });
    await once.tasks.trigger("publish-post", {});
    const refusal = await failureOf(once.tasks.trigger("publish-post", {}));
    expect(refusal).toMatchObject({ kind: "RateLimitError", status: 429 });
    it.api.advance(60_000);
    expect(await failureOf(once.tasks.trigger("publish-post", {}))).toBeNull();
    expect(answersOf(it.api)).toEqual([200, 429, 200]);
  });
});

describe("the SDK, when the platform fails", () => {
  test("429 and 5xx are tried again; what goes on fails the call", async () => {
    await using it = await setUp();
    for (const status of [429, 500, 502, 503]) {
      it.api.addFault({ match: TRIGGER, action: { kind: "answer", status, body: { error: "scripted" } } });
      expect(await failureOf(it.arm())).toBeNull();
    }
    expect(answersOf(it.api)).toEqual([429, 200, 500, 200, 502, 200, 503, 200]);
    it.api.addFault({ times: "always", action: { kind: "answer", status: 502, body: "<html>Bad gateway</html>" } });
    expect(await failureOf(it.arm())).toMatchObject({ kind: "InternalServerError", status: 502 });
    expect(answersOf(it.api)).toHaveLength(10);
    it.api.clearFaults();
    expect(await failureOf(it.arm())).toBeNull();
  });

  test("a lost answer: with a key one run, without one two, since the header of the request dedupes nothing", async () => {
    await using it = await setUp();
    const lose = () => it.api.addFault({ match: TRIGGER, action: { kind: "drop", when: "after" } });
    lose();
    const kept = await it.arm({ idempotencyKey: "post:1", delay: "1h" });
    expect(it.api.runs().map(({ id }) => id)).toEqual([kept.id]);
    lose();
    const second = await it.arm({ delay: "1h" });
    expect(it.api.runs()).toHaveLength(3);
    expect(it.api.runs().at(-1)?.id).toBe(second.id);
    expect(answersOf(it.api)).toEqual(["dropped", 200, "dropped", 200]);
    const ids = it.api.requests.map(({ headers }) => headers["x-trigger-request-idempotency-key"]);
    expect([ids[0] === ids[1], ids[2] === ids[3], ids[1] === ids[2]]).toEqual([true, true, false]);
  });

  test("a request that never arrives leaves nothing", async () => {
    await using it = await setUp();
    it.api.addFault({ match: TRIGGER, times: 2, action: { kind: "drop", when: "before" } });
    expect(await failureOf(it.arm())).toMatchObject({ kind: "ApiConnectionError", status: undefined });
    expect(it.api.runs()).toEqual([]);
  });

  test("an answer can be held until it is released", async () => {
    await using it = await setUp();
    const fault = it.api.addFault({ match: TRIGGER, action: { kind: "hold", when: "after" } });
    const call = it.arm();
    while (it.api.faults()[0]?.holding !== 1) await Bun.sleep(1);
    expect(it.api.runs()).toHaveLength(1);
    expect(it.api.release(fault)).toBe(1);
    expect((await call).id).toBe(it.api.runs()[0]?.id ?? "");
  });

  test("unreachable, and back at the same place with its runs", async () => {
    await using it = await setUp();
    const { id } = await it.arm({ delay: "1h" });
    await it.api.unplug();
    const gone = { kind: "ApiConnectionError", status: undefined, message: "Connection error." };
    expect(await failureOf(it.client.runs.cancel(id))).toEqual(gone);
    await it.api.plugIn();
    expect(await it.client.runs.retrieve(id)).toMatchObject({ status: "DELAYED" });
  });
});

describe("what is kept of a request", () => {
  test("its parsed body, and no secret", async () => {
    await using it = await setUp({ secretKeys: ["tr_prod_hush"] });
    await it.arm({ delay: "1h", concurrencyKey: "acct", tags: ["post:1"], ttl: "5m" });
    const { envvars } = it.client;
    await envvars.create("proj_standin", "prod", { name: "ID", value: "hush-1" });
    await envvars.upload("proj_standin", "prod", { variables: { KEY: "hush-2" }, override: true, isSecret: true });
    const [trigger, create, upload] = it.api.requests;
    expect(trigger).toMatchObject({
      route: "/api/v1/tasks/:id/trigger",
      body: { options: { delay: "1h", concurrencyKey: "acct", tags: ["post:1"], ttl: "5m" } },
      headers: { authorization: "Bearer tr_prod_…", "x-trigger-source": "sdk" },
      answered: 200,
    });
    expect([create?.body, upload?.body]).toMatchObject([{ name: "ID" }, { variables: { KEY: "…" } }]);
    expect(JSON.stringify(it.api.requests)).not.toContain("hush");
    expect(it.api.variables().get("KEY")).toEqual({ value: "hush-2", isSecret: true });
    expect(await envvars.list("proj_standin", "prod")).toEqual([
      { name: "ID", value: "hush-1", isSecret: false },
      { name: "KEY", value: "<redacted>", isSecret: true },
    ]);
    expect(await failureOf(envvars.list("proj_standin", "dev"))).toMatchObject({ status: 400 });
    expect(await failureOf(envvars.list("proj_other", "prod"))).toMatchObject({ status: 400 });
  });
});

test("as a process of its own it prints its URL, and is moved and worked by commands", async () => {
  const main = fileURLToPath(new URL("../support/trigger-api/main.ts", import.meta.url));
  const child = Bun.spawn([process.execPath, main, "--key", "tr_prod_other", "--task", "tick"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const { value } = await child.stdout.getReader().read();
    const url = new TextDecoder().decode(value).trim();
    const client = new TriggerClient({ accessToken: "tr_prod_other", baseURL: url });
    const { id } = await client.tasks.trigger("tick", { n: 1 }, { delay: "1h" });
    expect(await commandTriggerApi(url, "state")).toMatchObject({ runs: [{ id, env: "prod" }], due: [] });
    await commandTriggerApi(url, "advance", { ms: 3_600_000 });
    expect(await commandTriggerApi(url, "state")).toMatchObject({ due: [id] });
    await commandTriggerApi(url, "complete", { run: id, output: "done" });
    expect(await client.runs.retrieve(id)).toMatchObject({ status: "COMPLETED", output: "done" });
    await expect(commandTriggerApi(url, "crash", { run: id })).rejects.toThrow("COMPLETED");
    await commandTriggerApi(url, "addFault", { match: TRIGGER, action: { kind: "answer", status: 400 } });
    expect(await failureOf(client.tasks.trigger("tick", {}))).toMatchObject({ status: 400 });
  } finally {
    child.kill("SIGTERM");
  }
  expect(await child.exited).toBe(0);
});
