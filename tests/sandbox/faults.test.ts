import { describe, expect, test } from "bun:test";
import { X_ERRORS } from "../../src/sandbox/catalogue.ts";
import { answering } from "../../src/sandbox/control.ts";
import type { FaultInput } from "../../src/sandbox/world/fault-script.ts";
import { type OpenSandbox, openSandbox, textsOf } from "./open-sandbox.ts";

const CREATE = { method: "POST", path: "/2/tweets" };
const create = (x: OpenSandbox, text: string) => x.call("POST", "/2/tweets", { json: { text } });
const script = (x: OpenSandbox, fault: FaultInput) => x.control.run("addFault", fault);
const texts = async (x: OpenSandbox) => (await x.control.state()).tweets.map(({ text }) => text);

describe("what a fault does", () => {
  test("answer: X did nothing, and the body goes out as scripted", async () => {
    await using x = await openSandbox();
    const bodies = [{ errors: ["internal server error"] }, "<html>Bad gateway</html>", "", undefined];
    for (const body of bodies) {
      await script(x, {
        match: CREATE,
        action: { kind: "answer", status: 502, body, headers: { "Retry-After": "7" } },
      });
      const answer = await create(x, "one");
      expect(answer.status).toBe(502);
      expect(answer.headers.get("retry-after")).toBe("7");
      expect(answer.text).toBe(typeof body === "object" ? JSON.stringify(body) : (body ?? ""));
    }
    expect(await texts(x)).toEqual([]);
    expect((await create(x, "one")).status).toBe(201);
  });

  test("answer_after: the tweet exists, whatever the answer says", async () => {
    await using x = await openSandbox();
    await script(x, { match: CREATE, action: answering(X_ERRORS.bad_gateway, "after") });
    const answer = await create(x, "one");
    expect([answer.status, answer.text]).toEqual([502, X_ERRORS.bad_gateway.body]);
    expect(textsOf(await x.timeline())).toEqual(["one"]);
  });

  test("drop: the connection closes without an answer, before or after the tweet", async () => {
    await using x = await openSandbox();
    for (const when of ["before", "after"] as const) {
      await script(x, { match: CREATE, action: { kind: "drop", when } });
      await expect(create(x, when)).rejects.toThrow();
    }
    expect(await texts(x)).toEqual(["after"]);
    const { attempts } = await x.control.state();
    expect(attempts.map(({ answered, fault }) => ({ answered, fault }))).toEqual([
      { answered: "dropped", fault: "drop" },
      { answered: "dropped", fault: "drop" },
    ]);
    expect(attempts[1]?.tweetId).toMatch(/^\d{19}$/);
  });

  test("garble: the tweet exists, and the success can't be read", async () => {
    await using x = await openSandbox();
    for (const as of ["no_id", "broken_json", "empty", "html"] as const) {
      await script(x, { match: CREATE, action: { kind: "garble", as } });
      const answer = await create(x, as);
      expect(answer.status).toBe(201);
      expect(answer.body).not.toHaveProperty("data.id");
    }
    expect(await texts(x)).toEqual(["no_id", "broken_json", "empty", "html"]);
  });

  test("garble leaves a refusal as it is", async () => {
    await using x = await openSandbox();
    await x.tweet("one");
    await script(x, { match: CREATE, action: { kind: "garble" } });
    expect(await create(x, "one")).toMatchObject({ status: 403, body: { detail: X_DUPLICATE } });
  });

  test("delay: before or after the tweet, and then perhaps something else", async () => {
    await using x = await openSandbox();
    await script(x, { match: CREATE, action: { kind: "delay", ms: 1 } });
    expect((await create(x, "one")).status).toBe(201);
    await script(x, {
      match: CREATE,
      action: { kind: "delay", ms: 1, when: "after", next: { kind: "drop", when: "after" } },
    });
    await expect(create(x, "two")).rejects.toThrow();
    await script(x, { match: CREATE, action: { kind: "delay", ms: 1, next: { kind: "answer", status: 503 } } });
    expect((await create(x, "three")).status).toBe(503);
    expect(await texts(x)).toEqual(["one", "two"]);
  });

  test("hold: a request waits until it is released", async () => {
    await using x = await openSandbox();
    const { id: before } = await script(x, { match: CREATE, action: { kind: "hold" } });
    const { id: after } = await script(x, { match: CREATE, action: { kind: "hold", when: "after" } });
    const [one, two] = [create(x, "one"), create(x, "two")];
    await x.control.until(({ faults }) => faults.every(({ holding }) => holding === 1));
    expect(await texts(x)).toHaveLength(1);
    expect(await x.control.run("release", { fault: after })).toEqual({ released: 1 });
    expect(await x.control.run("release", { fault: before })).toEqual({ released: 1 });
    expect((await Promise.all([one, two])).map(({ status }) => status)).toEqual([201, 201]);
  });

  test("a caller that gives up does not undo what X does later", async () => {
    await using x = await openSandbox();
    await script(x, { match: CREATE, action: { kind: "hold" } });
    const giveUp = new AbortController();
    const request = fetch(`${x.sandbox.apiUrl}/2/tweets`, {
      method: "POST",
      headers: { authorization: `Bearer ${x.user.accessToken}`, "content-type": "application/json" },
      body: JSON.stringify({ text: "late" }),
      signal: giveUp.signal,
    });
    await x.control.until(({ faults }) => faults[0]?.holding === 1);
    giveUp.abort();
    await expect(request).rejects.toThrow();
    expect(await texts(x)).toEqual([]);
    await x.control.run("release", {});
    await x.control.until(({ tweets }) => tweets.length === 1);
  });

  test("works on a token that is refreshed: the answer is lost, the old token is spent", async () => {
    await using x = await openSandbox();
    await script(x, { match: { path: "/2/oauth2/token" }, action: { kind: "drop", when: "after" } });
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: x.user.refreshToken ?? "" });
    const headers = { authorization: `Basic ${btoa("sandbox-client:sandbox-secret")}` };
    const refresh = () => x.call("POST", "/2/oauth2/token", { bearer: null, form, headers });
    await expect(refresh()).rejects.toThrow();
    expect((await refresh()).status).toBe(400);
    expect((await x.control.state()).tokens).toMatchObject({ refreshes: 1, reuses: 1 });
  });
});

test("unplugged, X refuses connections; plugged in again it knows everybody at the same place", async () => {
  await using x = await openSandbox();
  const id = await x.tweet("one");
  await x.sandbox.unplug();
  await expect(create(x, "two")).rejects.toThrow();
  expect(x.world.state().calls).toEqual({ "POST /2/tweets": 1 });
  await x.sandbox.plugIn();
  expect(await x.tweet("two", id)).toMatch(/^\d{19}$/);
});

describe("whom a fault strikes", () => {
  const refused = { kind: "answer", status: 503 } as const;

  test("as many requests as it says, by method and path or route", async () => {
    await using x = await openSandbox();
    const id = await x.tweet("one");
    await script(x, { match: { method: "get", path: "/2/tweets/:id" }, times: 2, action: refused });
    expect((await x.timeline()).status).toBe(200);
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await x.call("GET", `/2/tweets/${id}`)).status);
    expect(statuses).toEqual([503, 503, 200]);
  });

  test("only the nth, counted among those that match the rest", async () => {
    await using x = await openSandbox();
    await script(x, { match: { ...CREATE, nth: 2 }, action: refused });
    await x.timeline();
    const statuses: number[] = [];
    for (const text of ["one", "two", "three"]) statuses.push((await create(x, text)).status);
    expect(statuses).toEqual([201, 503, 201]);
  });

  test("by a part of the body, a path's beginning, and always", async () => {
    await using x = await openSandbox();
    await script(x, { match: { bodyIncludes: "part 2" }, action: refused });
    expect((await create(x, "part 1")).status).toBe(201);
    expect((await create(x, "part 2")).status).toBe(503);
    await script(x, { match: { path: "/2/users/*" }, times: "always", action: refused });
    for (let n = 0; n < 3; n += 1) expect((await x.timeline()).status).toBe(503);
    await x.control.run("clearFaults", {});
    expect((await x.timeline()).status).toBe(200);
  });

  test("the first that matches, then the next", async () => {
    await using x = await openSandbox();
    await script(x, { action: { kind: "answer", status: 500 } });
    await script(x, { action: { kind: "answer", status: 503 } });
    const statuses = [await create(x, "a"), await create(x, "a"), await create(x, "a")].map(({ status }) => status);
    expect(statuses).toEqual([500, 503, 201]);
    expect((await x.control.state()).faults.map(({ hits, spent }) => ({ hits, spent }))).toEqual([
      { hits: 1, spent: true },
      { hits: 1, spent: true },
    ]);
  });
});

const X_DUPLICATE = "You are not allowed to create a Tweet with duplicate content.";
