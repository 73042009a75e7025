import { describe, expect, test } from "bun:test";
import type { Socket } from "node:net";
import { Secret } from "../../../src/core/secret.ts";
import type { OAuthFailure } from "../../../src/platforms/x/errors/oauth.ts";
import { createXOAuth, type XOAuth, type XTokens } from "../../../src/platforms/x/oauth.ts";
import { closedPort, json, NOW, RawServer, ScriptedX } from "./support.ts";

const SECRETS = ["the-client-secret", "the-code-value", "the-verifier-value", "old-refresh-value"];
const GRANT = { token_type: "bearer", expires_in: 7200, access_token: "late-access", refresh_token: "late-refresh" };

function oauthOf(apiUrl: string, timeoutMs = 5_000): XOAuth {
  return createXOAuth({
    clientId: "the-client-id",
    clientSecret: new Secret("the-client-secret"),
    callbackUrl: "http://127.0.0.1:8787/callback",
    authorizeUrl: "https://x.com/i/oauth2/authorize",
    apiUrl,
    now: () => NOW,
    timeoutMs,
  });
}

type Step = "exchange" | "refresh" | "revoke";
const ALL: readonly Step[] = ["exchange", "refresh", "revoke"];
const REFRESH = new Secret("old-refresh-value");
const STEPS: Record<Step, (oauth: XOAuth) => Promise<{ ok: boolean; failure?: OAuthFailure }>> = {
  exchange: (o) => o.exchange({ code: "the-code-value", codeVerifier: new Secret("the-verifier-value") }),
  refresh: (o) => o.refresh(REFRESH, { onLate: () => {} }),
  revoke: (o) => o.revoke(REFRESH),
};

async function failureAt(step: Step, url: string, timeoutMs?: number): Promise<OAuthFailure> {
  const { failure } = await STEPS[step](oauthOf(url, timeoutMs));
  if (failure === undefined) throw new Error("it succeeded");
  expect(failure.message).toMatch(/^[A-Z].{10,140}\.$/);
  expect(failure.next).toMatch(/^psn setup (x-auth start|x-app|doctor)$/);
  for (const secret of SECRETS) expect(JSON.stringify(failure)).not.toContain(secret);
  return failure;
}

const invalid = (description: string) => ({ error: "invalid_request", error_description: description });
const noHeader = { error: "unauthorized_client", error_description: "Missing valid authorization header" };
const problem = { title: "SpendCapReached", detail: "…spend cap…", reset_date: "2026-12-14" };

const REFUSALS: readonly [
  name: string,
  status: number,
  body: unknown,
  steps: readonly Step[],
  code: OAuthFailure["code"],
][] = [
  ["a spent refresh token", 400, invalid("Value passed for the token was invalid."), ["refresh"], "token_dead"],
  ["invalid_grant on a refresh", 400, { error: "invalid_grant" }, ["refresh"], "token_dead"],
  ["a late code", 400, invalid("Value passed for the authorization code was invalid."), ["exchange"], "code_expired"],
  ["invalid_grant on a code", 400, { error: "invalid_grant" }, ["exchange"], "code_expired"],
  [
    "another verifier",
    400,
    invalid("Value passed for the code verifier was invalid."),
    ["exchange"],
    "verifier_invalid",
  ],
  [
    "another callback",
    400,
    invalid("Value passed for the redirect uri did not match the uri of the authorization code."),
    ["exchange"],
    "redirect_mismatch",
  ],
  ["a callback named in OAuth's way", 400, invalid("redirect_uri mismatch"), ["exchange"], "redirect_mismatch"],
  ["a client id in the wrong place", 400, invalid("Missing required parameter [client_id]."), ALL, "client_id_missing"],
  ["a wrong secret", 401, noHeader, ALL, "app_refused"],
  ["a wrong secret with 400", 400, noHeader, ALL, "app_refused"],
  ["an unknown client", 401, { error: "invalid_client" }, ALL, "app_refused"],
  ["an unknown client with 400", 400, { error: "invalid_client", error_description: "no" }, ALL, "app_refused"],
  ["the spend cap", 403, problem, ALL, "spend_cap"],
  ["no credits", 402, problem, ALL, "spend_cap"],
  ["a rate limit", 429, { title: "Too Many Requests" }, ALL, "outage"],
  ["an error of X", 500, { errors: ["internal server error"] }, ALL, "outage"],
  ["a bad gateway", 502, "<html></html>", ALL, "outage"],
  ["an unavailable X", 503, "", ALL, "outage"],
  [
    "a 401 without a word of OAuth, as in X's outage",
    401,
    { title: "Unauthorized", type: "about:blank" },
    ALL,
    "outage",
  ],
  ["OAuth's own word for an outage", 400, { error: "temporarily_unavailable" }, ALL, "outage"],
  ["something else", 400, { error: "unsupported_grant_type" }, ALL, "unexpected"],
  ["a wrong address", 404, "not found", ALL, "unexpected"],
];

describe("a refusal of the token endpoint", () => {
  for (const [name, status, body, steps, code] of REFUSALS) {
    test(`${name} is ${code}`, async () => {
      for (const step of steps) {
        await using x = new ScriptedX(new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
        expect((await failureAt(step, x.url)).code).toBe(code);
        // What only lacks the app in its body is said again with it.
        expect(x.received).toHaveLength(code === "client_id_missing" ? 2 : 1);
      }
    });
  }

  test("is never taken for a dead grant unless it names the token", () => {
    const dead = REFUSALS.filter(([, , , steps, code]) => steps.includes("refresh") && code === "token_dead");
    expect(dead.map(([name]) => name)).toEqual(["a spent refresh token", "invalid_grant on a refresh"]);
  });

  test("of a token to revoke that X does not know counts as revoked", async () => {
    await using x = new ScriptedX(json(invalid("Value passed for the token was invalid."), 400));
    expect(await oauthOf(x.url).revoke(REFRESH)).toEqual({ ok: true });
  });
});

describe("an outage says whether the request may have reached X", () => {
  test("it did not when nobody listens", async () => {
    const failure = await failureAt("refresh", `http://127.0.0.1:${await closedPort()}`);
    expect(failure).toMatchObject({ code: "outage", sent: false, detail: "ECONNREFUSED" });
  });

  const breaks: Record<string, (socket: Socket) => void> = {
    "is closed": (s) => s.end(),
    "breaks in the body": (s) => s.end("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"),
    "gives what is no JSON": (s) => s.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    "gives no token": (s) => s.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
  };
  test.each(Object.entries(breaks))("it may have when the connection %s", async (_name, does) => {
    await using x = await RawServer.listen(does);
    for (const step of ["exchange", "refresh"] as const) {
      expect(await failureAt(step, x.url)).toMatchObject({ code: "outage", sent: true });
    }
  });

  test("it may have when the answer does not come in time", async () => {
    await using x = await RawServer.listen(() => {});
    for (const step of ALL) expect(await failureAt(step, x.url, 40)).toMatchObject({ code: "outage", sent: true });
  });
});

describe("an answer to a refresh that comes after its time", () => {
  /** A server that answers when it is told to. */
  async function lateRefresh(reply: Response, onLate: (tokens: XTokens) => void | Promise<void>) {
    const release = Promise.withResolvers<void>();
    await using x = new ScriptedX(async () => {
      await release.promise;
      return reply;
    });
    const answer = await oauthOf(x.url, 40).refresh(REFRESH, { onLate });
    release.resolve();
    return { answer, end: await answer.late };
  }

  test("is handed over, so that the grant is not lost", async () => {
    const stored: XTokens[] = [];
    const { answer, end } = await lateRefresh(json(GRANT), (tokens) => void stored.push(tokens));
    expect(answer).toMatchObject({ ok: false, failure: { code: "outage", sent: true } });
    expect(end).toEqual({ kind: "handed_over" });
    expect(stored.map((t) => [t.accessToken.reveal(), t.refreshToken.reveal()])).toEqual([
      ["late-access", "late-refresh"],
    ]);
    expect(stored[0]?.expiresAt).toEqual(new Date(NOW.getTime() + 7_200_000));
  });

  test("gives nothing when it is a refusal", async () => {
    const stored: XTokens[] = [];
    const { end } = await lateRefresh(json({ error: "invalid_grant" }, 400), (tokens) => void stored.push(tokens));
    expect(end).toEqual({ kind: "nothing" });
    expect(stored).toEqual([]);
  });

  test("that could not be stored says so, and breaks nothing", async () => {
    const cause = new Error("the database is gone");
    const { end } = await lateRefresh(json(GRANT), () => Promise.reject(cause));
    expect(end).toEqual({ kind: "not_taken", cause });
  });
});
