import { afterAll, describe, expect, test } from "bun:test";
import { CATALOGUE } from "../../../src/platforms/x/errors/catalogue.ts";
import type { XCallName, XErrorCode, XFailure, XFailureClass } from "../../../src/platforms/x/errors/failure.ts";
import { CALL_NAMES, EVERY_CALL, failureOf } from "./calls.ts";
import { formsOf, REFUSALS } from "./refusals.ts";
import { json, NOW, ScriptedX, TOKEN } from "./support.ts";

/** Codes that mean "psn does not know this one". */
const UNKNOWN: readonly XErrorCode[] = ["refused", "unreadable_answer"];

let answer: Response;
const x = new ScriptedX(() => answer);
afterAll(() => x[Symbol.asyncDispose]());

async function refusedWith(reply: Response, call: XCallName): Promise<XFailure> {
  answer = reply;
  return failureOf(await EVERY_CALL[call](x.client));
}

function expectWellSaid(failure: XFailure): void {
  expect(failure.message).toMatch(/^(psn|[A-Z]).{10,140}\.$/);
  expect(failure.next).not.toBe("");
  expect(UNKNOWN).not.toContain(failure.code);
  expect(failure.retryAt !== undefined).toBe(failure.class === "later" || failure.once === "wait");
}

describe("a refusal with a reason comes to one code, whatever form its body has", () => {
  for (const refusal of REFUSALS) {
    for (const status of refusal.statuses) {
      for (const [form, body] of Object.entries(formsOf(refusal, status))) {
        test(`${refusal.name}, ${status}, ${form}`, async () => {
          for (const call of refusal.calls ?? CALL_NAMES) {
            const reply = new Response(body, { status, headers: { "x-transaction-id": "abc123" } });
            const failure = await refusedWith(reply, call);
            expect([call, failure.code, failure.class]).toEqual([call, refusal.code, refusal.class]);
            expect(failure.status).toBe(status);
            expect(failure.transactionId).toBe("abc123");
            expect(failure.detail?.length ?? 0).toBeGreaterThan(0);
            expectWellSaid(failure);
          }
        });
      }
    }
  }
});

/** Answers whose status decides, with every body that has been seen around them. */
const BODIES: Readonly<Record<string, (status: number) => string>> = {
  "a problem": (status) => JSON.stringify({ title: "Sorry", detail: "Sorry", type: "about:blank", status }),
  "errors[] of texts": () => JSON.stringify({ errors: ["internal server error"] }),
  "a number of the older API": () => JSON.stringify({ errors: [{ code: 131, message: "Internal error" }] }),
  "an HTML page": () => "<!DOCTYPE html><html><head><title>Cloudflare</title></head><body>ray</body></html>",
  "plain text": () => "upstream connect error",
  nothing: () => "",
};

interface ByStatus {
  readonly status: number;
  readonly code: XErrorCode;
  readonly create: XFailureClass;
  readonly others: XFailureClass;
  readonly except?: string;
}
const lost = { create: "ambiguous", others: "safe" } as const;
const always = (kind: XFailureClass) => ({ create: kind, others: kind });
const BY_STATUS: readonly ByStatus[] = [
  { status: 400, code: "invalid_request", ...always("terminal") },
  { status: 401, code: "unauthorized", ...always("sign_in") },
  { status: 402, code: "credits_depleted", ...always("configuration") },
  { status: 403, code: "forbidden_generic", ...always("terminal"), except: "an HTML page" },
  { status: 404, code: "not_found", ...always("terminal") },
  { status: 413, code: "payload_too_large", ...always("terminal") },
  { status: 422, code: "invalid_request", ...always("terminal") },
  { status: 429, code: "rate_limited", ...always("later") },
  { status: 408, code: "server_error", ...lost },
  { status: 500, code: "server_error", ...lost },
  { status: 502, code: "server_error", ...lost },
  { status: 503, code: "unavailable", ...lost },
  { status: 504, code: "server_error", ...lost },
  { status: 520, code: "server_error", ...lost },
  { status: 302, code: "redirected", ...always("configuration") },
  { status: 307, code: "redirected", ...always("configuration") },
];

describe("an answer without a known reason is told by its status", () => {
  for (const row of BY_STATUS) {
    for (const [form, body] of Object.entries(BODIES)) {
      if (form === row.except) continue;
      test(`${row.status} with ${form}`, async () => {
        for (const call of CALL_NAMES) {
          // A tweet to delete that X does not know, in X's own words, is what was wanted.
          if (call === "deleteTweet" && row.status === 404) continue;
          const failure = await refusedWith(new Response(body(row.status), { status: row.status }), call);
          const expected = call === "createTweet" ? row.create : row.others;
          expect([call, failure.code, failure.class]).toEqual([call, row.code, expected]);
          expectWellSaid(failure);
        }
      });
    }
  }
});

describe("refusals whose meaning hangs on the call", () => {
  const bare = () => json({ title: "Forbidden", type: "about:blank", status: 403, detail: "Forbidden" }, 403);

  test("a bare Forbidden on media means that media.write is missing", async () => {
    for (const call of ["uploadImage", "setAltText"] as const) {
      const failure = await refusedWith(bare(), call);
      expect(failure).toMatchObject({
        code: "forbidden_scope",
        class: "configuration",
        next: "psn setup x-auth start",
      });
      expect(failure.message).toContain("media.write");
    }
  });

  test("a bare Forbidden elsewhere does not blame media.write", async () => {
    const failure = await refusedWith(bare(), "createTweet");
    expect(failure).toMatchObject({ code: "forbidden_scope", class: "configuration" });
    expect(failure.message).not.toContain("media.write");
  });

  test("a bare Forbidden is one in every form", async () => {
    const forms = [{ title: "Forbidden" }, { errors: [{ code: 1, message: "Forbidden" }] }, { errors: ["Forbidden."] }];
    for (const body of [...forms, { error: "invalid_request", error_description: "Forbidden" }]) {
      expect((await refusedWith(json(body, 403), "createTweet")).code).toBe("forbidden_scope");
    }
  });

  test("an OAuth error on the API host is about the token", async () => {
    for (const status of [400, 401, 403]) {
      const body = { error: "invalid_request", error_description: "Value passed for the token was invalid." };
      const failure = await refusedWith(json(body, status), "createTweet");
      expect(failure).toMatchObject({ code: "unauthorized", class: "sign_in", detail: body.error_description });
    }
  });

  test("a page of the edge is no verdict on the post", async () => {
    const page = "<html><head><title>Attention Required! | Cloudflare</title></head><body>Blocked</body></html>";
    const failure = await refusedWith(new Response(page, { status: 403 }), "createTweet");
    expect(failure).toMatchObject({
      code: "blocked_by_edge",
      class: "later",
      detail: "Attention Required! | Cloudflare",
    });
    expect(failure.retryAt?.getTime()).toBeGreaterThanOrEqual(NOW.getTime() + 15 * 60_000);
  });

  test("reasons in a 5xx do not turn a lost answer into a refusal", async () => {
    const body = { title: "Forbidden", detail: "You are not allowed to create a Tweet with duplicate content." };
    expect(await refusedWith(json(body, 500), "createTweet")).toMatchObject({ class: "ambiguous" });
  });

  test("the spend cap says when it ends", async () => {
    const detail = "You reached your spend cap. Blocked until the next cycle begins on 2026-12-14.";
    const named = { title: "SpendCapReached", detail: "no", reset_date: "2026-12-14" };
    for (const body of [{ detail }, { errors: [detail] }, named]) {
      const failure = await refusedWith(json(body, 403), "createTweet");
      expect(failure).toMatchObject({ code: "spend_cap", resetDate: "2026-12-14" });
    }
    const nonsense = await refusedWith(json({ ...named, reset_date: "2026-13-40" }, 403), "createTweet");
    expect(nonsense.resetDate).toBeUndefined();
  });

  test("what may be tried once more is said", async () => {
    const media = await refusedWith(json({ errors: [{ message: "Your media IDs are invalid." }] }, 400), "createTweet");
    expect(media.once).toBe("reupload");
    const generic = await refusedWith(
      json({ detail: "You are not permitted to perform this action." }, 403),
      "createTweet",
    );
    expect(generic.once).toBe("wait");
    expect(generic.retryAt).toEqual(new Date(NOW.getTime() + 15 * 60_000 + 1_000));
  });
});

describe("X's own words", () => {
  test("are cut at 300 characters and stripped of control characters", async () => {
    const failure = await refusedWith(
      json({ detail: `\u001b[31mred\u0007\n${"long ".repeat(200)}` }, 400),
      "createTweet",
    );
    expect(failure.detail).toHaveLength(300);
    expect(failure.detail).toMatch(/^\[31mred long/);
  });

  test("never repeat the token or other credentials", async () => {
    const detail = `Bearer ${TOKEN} refused; code_verifier=abcdefghijklmnopqrstuvwxyz, ${TOKEN}`;
    const failure = await refusedWith(json({ detail }, 400), "createTweet");
    expect(JSON.stringify(failure)).not.toContain(TOKEN);
    expect(JSON.stringify(failure)).not.toContain("abcdefghijklmnop");
  });
});

test("every row of the catalogue has a sentence and a next step that exists", () => {
  const commands = /^psn (setup (x-auth start|x-app|doctor)|(show|edit|split|attach|publish) ID( .+)?)$/;
  for (const row of CATALOGUE) {
    expect(row.says).toMatch(/^(psn|[A-Z]).{10,140}\.$/);
    expect(row.next).toMatch(commands);
  }
});
