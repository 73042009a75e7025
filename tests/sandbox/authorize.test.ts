import { describe, expect, test } from "bun:test";
import { openSandbox } from "./open-sandbox.ts";

const CALLBACK = "http://127.0.0.1:8787/callback";

function query(changes: Record<string, string | null> = {}): string {
  const fields: Record<string, string | null> = {
    response_type: "code",
    client_id: "sandbox-client",
    redirect_uri: CALLBACK,
    scope: "tweet.read tweet.write users.read media.write offline.access",
    state: "a state",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    ...changes,
  };
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== null);
  return new URLSearchParams(given).toString();
}

describe("the consent page", () => {
  test("names the app, the account and what the app will be able to do", async () => {
    await using x = await openSandbox({ appName: "My <App>", accounts: [{ handle: "ada", name: "Ada & Co" }] });
    const page = await x.call("GET", `/i/oauth2/authorize?${query()}`, { bearer: null });
    expect(page.status).toBe(200);
    for (const part of ["My &lt;App&gt;", "Ada &amp; Co", "@ada", "Post and repost for you.", "Cancel"]) {
      expect(page.text).toContain(part);
    }
    expect(page.text).not.toContain("<App>");
  });

  test("its form sends the browser to the callback with state and code", async () => {
    await using x = await openSandbox();
    const page = await x.call("GET", `/i/oauth2/authorize?${query()}`, { bearer: null });
    const form = new URLSearchParams();
    for (const [, name = "", value = ""] of page.text.matchAll(/<input[^>]* name="([^"]+)" value="([^"]*)"/g)) {
      form.set(name, value);
    }
    form.set("sandbox_decision", "approve");
    const answer = await x.call("POST", "/i/oauth2/authorize", { bearer: null, form });
    expect(answer.status).toBe(302);
    const target = new URL(answer.headers.get("location") ?? "");
    expect(`${target.origin}${target.pathname}`).toBe(CALLBACK);
    expect(target.searchParams.get("state")).toBe("a state");
    expect(target.searchParams.get("code")).toMatch(/^[\w-]{40,}$/);
  });

  test("Cancel sends the browser back with access_denied and no code", async () => {
    await using x = await openSandbox();
    const target = new URL(await x.control.decide(`${x.sandbox.authorizeUrl}?${query()}`, "deny"));
    expect(Object.fromEntries(target.searchParams)).toEqual({ state: "a state", error: "access_denied" });
  });

  test.each([
    ["an unknown client", { client_id: "other" }],
    ["a callback that is not registered", { redirect_uri: "http://127.0.0.1:8787/callback/" }],
    ["a missing code challenge", { code_challenge: null }],
    ["an unknown challenge method", { code_challenge_method: "S512" }],
    ["a missing state", { state: null }],
    ["a scope that does not exist", { scope: "tweet.read tweet.everything" }],
    ["a wrong response type", { response_type: "token" }],
  ])("shows that something went wrong, and redirects nowhere, for %s", async (_, changes) => {
    await using x = await openSandbox();
    for (const decision of ["", "&sandbox_decision=approve"]) {
      const page = await x.call("GET", `/i/oauth2/authorize?${query(changes)}${decision}`, { bearer: null });
      expect(page.status).toBe(400);
      expect(page.text).toContain("Something went wrong");
      expect(page.headers.get("location")).toBeNull();
    }
  });

  test("signs in whichever account the browser is on", async () => {
    await using x = await openSandbox({ accounts: [{ handle: "ada" }, { handle: "bob" }] });
    const url = `/i/oauth2/authorize?${query()}`;
    expect((await x.call("GET", url, { bearer: null })).text).toContain("@ada");
    expect((await x.call("GET", `${url}&sandbox_account=bob`, { bearer: null })).text).toContain("@bob");
    await x.control.run("configure", { signedIn: "bob" });
    expect((await x.call("GET", url, { bearer: null })).text).toContain("@bob");
  });
});
