import { describe, expect, test } from "bun:test";
import { isRecord } from "../../src/sandbox/http.ts";
import { type Answer, movableClock, type OpenSandbox, openSandbox } from "./open-sandbox.ts";

const CALLBACK = "http://127.0.0.1:8787/callback";
/** The test vector of RFC 7636, appendix B. */
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BASIC = `Basic ${btoa("sandbox-client:sandbox-secret")}`;
const SCOPES = "tweet.read tweet.write users.read media.write offline.access";

async function consent(x: OpenSandbox, scope = SCOPES): Promise<string> {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: "sandbox-client",
    redirect_uri: CALLBACK,
    scope,
    state: "s",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
  });
  const target = new URL(await x.control.decide(`${x.sandbox.authorizeUrl}?${query}`));
  return target.searchParams.get("code") ?? "";
}

function post(x: OpenSandbox, fields: Record<string, string>, authorization: string | null = BASIC): Promise<Answer> {
  const headers = authorization === null ? {} : { authorization };
  return x.call("POST", "/2/oauth2/token", { bearer: null, form: new URLSearchParams(fields), headers });
}

const exchange = (x: OpenSandbox, code: string, changes: Record<string, string> = {}) =>
  post(x, { grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: VERIFIER, ...changes });
const refresh = (x: OpenSandbox, token: string) => post(x, { grant_type: "refresh_token", refresh_token: token });

function field(answer: Answer, name: string): string {
  return isRecord(answer.body) ? String(answer.body[name]) : "";
}

const TOKEN_INVALID = { error: "invalid_request", error_description: "Value passed for the token was invalid." };
const CODE_INVALID = {
  error: "invalid_request",
  error_description: "Value passed for the authorization code was invalid.",
};
const UNAUTHORIZED_CLIENT = {
  error: "unauthorized_client",
  error_description: "Missing valid authorization header",
};

describe("exchanging a code", () => {
  test("gives a pair that works, for two hours, with the scopes in another order", async () => {
    await using x = await openSandbox();
    const answer = await exchange(x, await consent(x));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token_type: "bearer", expires_in: 7200 });
    expect(field(answer, "scope")).not.toBe(SCOPES);
    expect(field(answer, "scope").split(" ").sort()).toEqual(SCOPES.split(" ").sort());
    expect((await x.call("GET", "/2/users/me", { bearer: field(answer, "access_token") })).status).toBe(200);
  });

  test("works once", async () => {
    await using x = await openSandbox();
    const code = await consent(x);
    await exchange(x, code);
    const again = await exchange(x, code);
    expect(again.status).toBe(400);
    expect(again.body).toEqual(CODE_INVALID);
  });

  test("works for 30 seconds", async () => {
    const clock = movableClock();
    await using x = await openSandbox({ now: clock.now });
    const [early, late] = [await consent(x), await consent(x)];
    clock.forward(29);
    expect((await exchange(x, early)).status).toBe(200);
    clock.forward(1);
    expect((await exchange(x, late)).body).toEqual(CODE_INVALID);
  });

  test("checks the verifier and the callback, and uses the code up", async () => {
    await using x = await openSandbox();
    const code = await consent(x);
    const wrong = await exchange(x, code, { code_verifier: "another verifier of at least 43 characters, yes" });
    expect(wrong.body).toEqual({
      error: "invalid_request",
      error_description: "Value passed for the code verifier was invalid.",
    });
    expect((await exchange(x, code)).body).toEqual(CODE_INVALID);
    const elsewhere = await exchange(x, await consent(x), { redirect_uri: `${CALLBACK}/` });
    expect(elsewhere.status).toBe(400);
  });

  test("gives no refresh token without offline.access", async () => {
    await using x = await openSandbox();
    const answer = await exchange(x, await consent(x, "tweet.read users.read"));
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty("refresh_token");
  });

  test("gives fewer scopes than asked for when X grants fewer", async () => {
    await using x = await openSandbox();
    await x.control.run("configure", { grantableScopes: ["tweet.read", "users.read"] });
    const answer = await exchange(x, await consent(x));
    expect(field(answer, "scope").split(" ").sort()).toEqual(["tweet.read", "users.read"]);
  });
});

describe("who the client is", () => {
  test("a confidential client shows its secret as Basic, with or without client_id in the body", async () => {
    await using x = await openSandbox();
    expect((await exchange(x, await consent(x))).status).toBe(200);
    expect((await exchange(x, await consent(x), { client_id: "sandbox-client" })).status).toBe(200);
    const code = await consent(x);
    const fields = { grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: VERIFIER };
    for (const wrong of [
      await post(x, fields, null),
      await post(x, { ...fields, client_id: "sandbox-client", client_secret: "sandbox-secret" }, null),
      await post(x, fields, `Basic ${btoa("sandbox-client:wrong")}`),
      await post(x, fields, `Basic ${btoa("sandbox-client:sandbox-secret\n")}`),
    ]) {
      expect(wrong.status).toBe(401);
      expect(wrong.body).toEqual(UNAUTHORIZED_CLIENT);
    }
    const unknown = await post(x, fields, `Basic ${btoa("nobody:sandbox-secret")}`);
    expect([unknown.status, unknown.body]).toEqual([401, { error: "invalid_client" }]);
    // None of these used the code up.
    expect((await post(x, fields)).status).toBe(200);
  });

  test("X may insist on client_id in the body", async () => {
    await using x = await openSandbox();
    await x.control.run("configure", { clientIdInBody: "required" });
    const answer = await exchange(x, await consent(x));
    expect(answer.body).toEqual({
      error: "invalid_request",
      error_description: "Missing required parameter [client_id].",
    });
  });

  test("a public client has no secret and names itself in the body", async () => {
    await using x = await openSandbox({ clientSecret: null });
    const fields = { grant_type: "authorization_code", redirect_uri: CALLBACK, code_verifier: VERIFIER };
    const code = await consent(x);
    expect((await post(x, { ...fields, code }, null)).body).toMatchObject({ error: "invalid_request" });
    expect((await post(x, { ...fields, code, client_id: "sandbox-client" })).body).toEqual(UNAUTHORIZED_CLIENT);
    expect((await post(x, { ...fields, code, client_id: "sandbox-client" }, null)).status).toBe(200);
  });

  test("names a parameter that is missing", async () => {
    await using x = await openSandbox();
    const answer = await post(x, { grant_type: "refresh_token" });
    expect(answer.body).toMatchObject({ error_description: "Missing required parameter [refresh_token]." });
    expect((await post(x, { grant_type: "password" })).status).toBe(400);
  });
});

describe("refreshing", () => {
  test("rotates: the new pair works, the access token before it lives on", async () => {
    await using x = await openSandbox();
    const first = await exchange(x, await consent(x));
    const second = await refresh(x, field(first, "refresh_token"));
    expect(second.status).toBe(200);
    expect(field(second, "refresh_token")).not.toBe(field(first, "refresh_token"));
    for (const answer of [first, second]) {
      expect((await x.call("GET", "/2/users/me", { bearer: field(answer, "access_token") })).status).toBe(200);
    }
    expect((await x.control.state()).tokens).toMatchObject({ exchanges: 1, refreshes: 1, reuses: 0 });
  });

  test("a spent refresh token is refused and takes its whole family with it, but no other", async () => {
    await using x = await openSandbox();
    const first = await exchange(x, await consent(x));
    const second = await refresh(x, field(first, "refresh_token"));
    const reuse = await refresh(x, field(first, "refresh_token"));
    expect([reuse.status, reuse.body]).toEqual([400, TOKEN_INVALID]);
    expect((await refresh(x, field(second, "refresh_token"))).body).toEqual(TOKEN_INVALID);
    expect((await x.call("GET", "/2/users/me", { bearer: field(second, "access_token") })).status).toBe(401);
    expect((await x.call("GET", "/2/users/me")).status).toBe(200);
    expect((await x.control.state()).tokens).toMatchObject({ reuses: 1, revokedGrants: 1, grants: 2 });
  });

  test("of eight at once with one token, one wins", async () => {
    await using x = await openSandbox();
    const { refreshToken } = x.user;
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(x, refreshToken ?? "")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test("a refresh token ends after six months", async () => {
    const clock = movableClock();
    await using x = await openSandbox({ now: clock.now });
    clock.forward(183 * 86_400);
    expect((await refresh(x, x.user.refreshToken ?? "")).body).toEqual(TOKEN_INVALID);
  });

  test("the spend cap is refused here too", async () => {
    await using x = await openSandbox();
    await x.control.run("setSpendCap", { until: "2026-12-14" });
    const answer = await refresh(x, x.user.refreshToken ?? "");
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ title: "SpendCapReached", reset_date: "2026-12-14" });
  });
});

describe("revoking", () => {
  const revoke = (x: OpenSandbox, token: string, authorization = BASIC) =>
    x.call("POST", "/2/oauth2/revoke", {
      bearer: null,
      form: new URLSearchParams({ token }),
      headers: { authorization },
    });

  test("a refresh token ends its whole grant; an unknown one is no error", async () => {
    await using x = await openSandbox();
    const answer = await revoke(x, x.user.refreshToken ?? "");
    expect([answer.status, answer.body]).toEqual([200, { revoked: true }]);
    expect((await x.call("GET", "/2/users/me")).status).toBe(401);
    expect((await revoke(x, "unknown")).body).toEqual({ revoked: true });
  });

  test("an access token ends alone; a wrong client revokes nothing", async () => {
    await using x = await openSandbox();
    expect((await revoke(x, x.user.accessToken, `Basic ${btoa("sandbox-client:wrong")}`)).status).toBe(401);
    expect((await x.call("GET", "/2/users/me")).status).toBe(200);
    await revoke(x, x.user.accessToken);
    expect((await x.call("GET", "/2/users/me")).status).toBe(401);
    expect((await refresh(x, x.user.refreshToken ?? "")).status).toBe(200);
  });
});
