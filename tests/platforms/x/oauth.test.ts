import { describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import { Secret } from "../../../src/core/secret.ts";
import { createXOAuth, type OAuthAnswer, type XOAuth, type XOAuthOptions } from "../../../src/platforms/x/oauth.ts";
import { grantedAll, missingScopes, X_SCOPES } from "../../../src/platforms/x/scopes.ts";
import { json, NOW, ScriptedX } from "./support.ts";

const CALLBACK = "http://127.0.0.1:8787/callback";
const GRANT = {
  token_type: "bearer",
  expires_in: 7200,
  access_token: "new-access-token-value",
  scope: "users.read offline.access tweet.write media.write tweet.read",
  refresh_token: "new-refresh-token-value",
};

function oauthOf(apiUrl: string, options: Partial<XOAuthOptions> = {}): XOAuth {
  return createXOAuth({
    clientId: "the-client-id",
    clientSecret: "the-client-secret",
    callbackUrl: CALLBACK,
    authorizeUrl: "https://x.com/i/oauth2/authorize",
    apiUrl,
    now: () => NOW,
    ...options,
  });
}
const tokensOf = (answer: OAuthAnswer) => {
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.failure)}`);
  return answer.tokens;
};
const CODE = { code: new Secret("the-code"), codeVerifier: new Secret("the-verifier") };
const onLate = () => {};

describe("starting a sign-in", () => {
  test("gives the address with PKCE S256 as in RFC 7636, appendix B", () => {
    const newCodeVerifier = () => "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const { url, state, codeVerifier } = oauthOf("http://unused", { newCodeVerifier }).start();
    expect(codeVerifier.reveal()).toBe(newCodeVerifier());
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin + pathname).toBe("https://x.com/i/oauth2/authorize");
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: "code",
      client_id: "the-client-id",
      redirect_uri: CALLBACK,
      state,
      scope: "tweet.read tweet.write users.read media.write offline.access",
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256",
    });
    expect(url).toContain("scope=tweet.read%20tweet.write%20");
  });

  test("is another one each time, with a verifier and a state that X accepts", () => {
    const oauth = oauthOf("http://unused");
    const [a, b] = [oauth.start(), oauth.start()];
    expect(a.state).not.toBe(b.state);
    expect(a.codeVerifier.reveal()).not.toBe(b.codeVerifier.reveal());
    expect(a.codeVerifier.reveal()).toMatch(/^[\w.~-]{43,128}$/);
    expect(a.state.length).toBeLessThanOrEqual(500);
  });

  test("does not show the verifier", () => {
    const start = oauthOf("http://unused").start();
    expect(inspect(start) + JSON.stringify(start)).not.toContain(start.codeVerifier.reveal());
  });
});

describe("what X's token endpoint receives", () => {
  const basic = `Basic ${btoa("the-client-id:the-client-secret")}`;

  test("for a code", async () => {
    await using x = new ScriptedX(json(GRANT));
    await oauthOf(x.url).exchange(CODE);
    expect([x.one.method, x.one.path]).toEqual(["POST", "/2/oauth2/token"]);
    expect(x.one.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    expect(x.one.headers.get("authorization")).toBe(basic);
    expect(Object.fromEntries(new URLSearchParams(x.one.text))).toEqual({
      grant_type: "authorization_code",
      code: "the-code",
      redirect_uri: CALLBACK,
      code_verifier: "the-verifier",
    });
  });

  test("for a refresh", async () => {
    await using x = new ScriptedX(json(GRANT));
    await oauthOf(`${x.url}/`).refresh(new Secret("old-refresh"), { onLate });
    expect(x.one.path).toBe("/2/oauth2/token");
    expect(x.one.headers.get("authorization")).toBe(basic);
    expect(x.one.text).toBe("grant_type=refresh_token&refresh_token=old-refresh");
  });

  test("for an end", async () => {
    await using x = new ScriptedX(json({ revoked: true }));
    expect(await oauthOf(x.url).revoke(new Secret("a-token"))).toEqual({ ok: true });
    expect([x.one.path, x.one.text]).toEqual(["/2/oauth2/revoke", "token=a-token"]);
  });

  test("from a public client: its id in the body and no secret", async () => {
    await using x = new ScriptedX(json(GRANT));
    await oauthOf(x.url, { clientSecret: " \n" }).exchange(CODE);
    expect(x.one.headers.get("authorization")).toBeNull();
    expect(new URLSearchParams(x.one.text).get("client_id")).toBe("the-client-id");
  });

  test("has no line break that came along with a copied id or secret", async () => {
    await using x = new ScriptedX(json(GRANT));
    await oauthOf(x.url, { clientId: " the-client-id\n", clientSecret: new Secret("the-client-secret\r\n") }).exchange(
      CODE,
    );
    expect(x.one.headers.get("authorization")).toBe(basic);
  });
});

describe("the tokens", () => {
  test("come with the scopes in X's order and an expiry counted from the asking", async () => {
    await using x = new ScriptedX(json(GRANT));
    const tokens = tokensOf(await oauthOf(x.url).exchange(CODE));
    expect(tokens.accessToken.reveal()).toBe(GRANT.access_token);
    expect(tokens.refreshToken.reveal()).toBe(GRANT.refresh_token);
    expect(tokens.expiresAt).toEqual(new Date(NOW.getTime() + 7_200_000));
    expect(tokens.scopes).toEqual(GRANT.scope.split(" "));
    expect(grantedAll(tokens.scopes)).toBe(true);
  });

  test("show nowhere", async () => {
    await using x = new ScriptedX(json(GRANT));
    const answer = await oauthOf(x.url).exchange(CODE);
    const printed = inspect(answer, { depth: 9 }) + Bun.inspect(answer) + JSON.stringify(answer);
    expect(printed).not.toContain("-token-value");
  });

  test("last two hours when X does not say", async () => {
    await using x = new ScriptedX(json({ ...GRANT, expires_in: undefined }));
    expect(tokensOf(await oauthOf(x.url).exchange(CODE)).expiresAt).toEqual(new Date(NOW.getTime() + 7_200_000));
  });

  test("of a sign-in that lacks rights are refused, and the rights are named", async () => {
    await using x = new ScriptedX(json({ ...GRANT, scope: "tweet.read users.read offline.access tweet.write" }));
    const answer = await oauthOf(x.url).exchange(CODE);
    expect(answer).toMatchObject({ ok: false, failure: { code: "scopes_missing", missing: ["media.write"] } });
    expect(JSON.stringify(answer)).toContain("media.write is missing");
  });

  test("without a refresh token lack offline.access", async () => {
    await using x = new ScriptedX(json({ ...GRANT, refresh_token: undefined }));
    const { ok, ...rest } = await oauthOf(x.url).exchange(CODE);
    expect(ok).toBe(false);
    expect(rest).toMatchObject({ failure: { code: "scopes_missing", missing: ["offline.access"] } });
  });

  test("of a refresh are kept whatever their scopes, and an old refresh token stays good when no new one comes", async () => {
    await using x = new ScriptedX(json({ access_token: "a", scope: "tweet.read", expires_in: 10 }));
    const tokens = tokensOf(await oauthOf(x.url).refresh(new Secret("old-refresh"), { onLate }));
    expect(tokens.refreshToken.reveal()).toBe("old-refresh");
    expect(tokens.scopes).toEqual(["tweet.read"]);
  });
});

test("scopes compare as sets", () => {
  expect(grantedAll([...X_SCOPES].reverse())).toBe(true);
  expect(grantedAll(new Set([...X_SCOPES, "like.read"]))).toBe(true);
  expect(grantedAll(["tweet.read", "tweet.read", "tweet.write", "users.read", "media.write"])).toBe(false);
  expect(missingScopes([])).toEqual([...X_SCOPES]);
});
