import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type ErrorCode, PsnError } from "../../../src/core/errors.ts";
import { parsePaste } from "../../../src/platforms/x/paste.ts";
import { anyText } from "../../support/any-text.ts";

const CODE = "VGNibzFWSWREZm01bjN1N3dicWlNUG1oa2xRRVNNdmVHelJGY2hPWGxNd2dxOjE2MjIxNjA4MjU4MjU6MToxOmFjOjE";
const STATE = "ours-1234567890_abcdefghij";
const EXPECTED = { state: STATE, callbackUrl: "http://127.0.0.1:8787/callback" };
const QUERY = `state=${STATE}&code=${CODE}`;
const URL_PASTED = `http://127.0.0.1:8787/callback?${QUERY}`;
/** A terminal of 80 columns wraps the address into lines. */
const WRAPPED = URL_PASTED.match(/.{1,80}/g)?.join("\n") ?? "";

describe("a pasted redirect gives its code", () => {
  test.each([
    ["the whole address", URL_PASTED],
    ["the address with a fragment", `${URL_PASTED}#_=_`],
    ["the address without its scheme", `127.0.0.1:8787/callback?${QUERY}`],
    ["the address over https", URL_PASTED.replace("http:", "https:")],
    ["a bare query", QUERY],
    ["a bare query with its mark", `?${QUERY}`],
    ["a query in another order", `code=${CODE}&state=${STATE}`],
    ["a query without state", `code=${CODE}`],
    ["a bare code", CODE],
    ["a code in URL encoding", CODE.replace("V", "%56")],
    ["spaces and line ends around", `\r\n  ${URL_PASTED} \t\n`],
    ["double quotes", `"${URL_PASTED}"`],
    ["single quotes around a code", `'${CODE}'`],
    ["curly quotes", `“${URL_PASTED}”`],
    ["backticks", `\`${URL_PASTED}\``],
    ["angle brackets", `<${URL_PASTED}>`],
    ["lines that a terminal wrapped", WRAPPED],
    ["wrapped and indented lines", WRAPPED.replaceAll("\n", "\r\n    ")],
    ["a terminal's marks of a paste", `\u001b[200~${URL_PASTED}\u001b[201~`],
    ["invisible characters", `\uFEFF${URL_PASTED}\u200B`],
    ["an ampersand of HTML", URL_PASTED.replace("&", "&amp;")],
    ["words around", `here you go: ${URL_PASTED} thanks`],
  ])("from %s", (_name, pasted) => {
    expect(parsePaste(pasted, EXPECTED).code.reveal()).toBe(CODE);
  });

  test("with a plus that a query turns into a space", () => {
    expect(parsePaste("code=abc+def%2Bghi", EXPECTED).code.reveal()).toBe("abc+def+ghi");
  });

  test("on another callback", () => {
    const expected = { state: STATE, callbackUrl: "https://example.org/psn/cb" };
    expect(parsePaste(`https://example.org/psn/cb?${QUERY}`, expected).code.reveal()).toBe(CODE);
  });
});

const authorize = `https://x.com/i/oauth2/authorize?response_type=code&client_id=a&state=${STATE}&code_challenge=abc`;

/** Every paste that is refused, its code and what its sentence says. */
const REFUSED: readonly [name: string, pasted: string, code: ErrorCode, says: RegExp][] = [
  ["nothing", "", "paste_invalid", /Nothing was pasted/],
  ["blank lines", " \r\n\t\u200B ", "paste_invalid", /Nothing was pasted/],
  ["empty quotes", '""', "paste_invalid", /Nothing was pasted/],
  ["another sign-in", URL_PASTED.replace(STATE, "another-state"), "paste_invalid", /another sign-in/],
  ["two states", `${URL_PASTED}&state=another`, "paste_invalid", /another sign-in/],
  ["an empty state", `code=${CODE}&state=`, "paste_invalid", /another sign-in/],
  ["a no", `http://127.0.0.1:8787/callback?error=access_denied&state=${STATE}`, "sign_in_refused", /cancelled/],
  ["a no as a query", "error=access_denied", "sign_in_refused", /cancelled/],
  ["another error", `?error=invalid_scope&state=${STATE}`, "sign_in_refused", /\(invalid_scope\)/],
  ["an error with made-up text", "error=<script>call%20us</script>", "sign_in_refused", /X refused the sign-in\.$/],
  ["the address to open", authorize, "paste_invalid", /address to open/],
  [
    "the address to open, without a challenge",
    authorize.replace(/&code_challenge.*/, ""),
    "paste_invalid",
    /address to open/,
  ],
  [
    "another page",
    `https://example.com/callback?${QUERY}`,
    "paste_invalid",
    /must begin with http:\/\/127\.0\.0\.1:8787/,
  ],
  ["another port", URL_PASTED.replace("8787", "8788"), "paste_invalid", /another page/],
  ["a look-alike host", `http://127.0.0.1:8787@evil.example/callback?${QUERY}`, "paste_invalid", /another page/],
  ["a page of X", "https://x.com/home", "paste_invalid", /another page/],
  ["a broken address", "http://[/callback?code=1", "paste_invalid", /broken/],
  ["the address without a code", `http://127.0.0.1:8787/callback?state=${STATE}`, "paste_invalid", /holds no code/],
  ["an empty code", `state=${STATE}&code=`, "paste_invalid", /holds no code/],
  ["two codes", `${QUERY}&code=another-code-value`, "paste_invalid", /more than one code/],
  ["a word", "yes", "paste_invalid", /neither/],
  ["a handle", "@ada", "paste_invalid", /neither/],
  ["a sentence", "I clicked on Authorize and now the page is broken", "paste_invalid", /neither/],
  ["a damaged code", `${CODE}%E0%A4%A`, "paste_invalid", /damaged/],
  ["a code with other characters", `code=${CODE}%00`, "paste_invalid", /characters/],
  ["a bare code with other characters", `${CODE}✂`, "paste_invalid", /characters/],
  ["a code that is too long", `code=${"a1".repeat(300)}`, "paste_invalid", /longer than any code/],
  ["a bare code that is too long", "a1".repeat(300), "paste_invalid", /longer than any code/],
  ["a whole file", "a1\n".repeat(5_000), "paste_invalid", /far too long/],
];

describe("a paste is refused when it is", () => {
  const refusalOf = (pasted: string): PsnError => {
    try {
      parsePaste(pasted, EXPECTED);
    } catch (error) {
      if (error instanceof PsnError) return error;
      throw error;
    }
    throw new Error("it was taken");
  };

  test.each(REFUSED)("%s", (_name, pasted, code, says) => {
    const error = refusalOf(pasted);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(says);
    expect(error.next).toMatch(/^psn setup (x-auth (start|finish --stdin)|status)$/);
    expect(JSON.stringify([error.message, error.next, error.details])).not.toContain(CODE.slice(0, 12));
  });
});

test("whatever is pasted, it is a code or a PsnError that does not repeat it", () => {
  const piece = fc.oneof(
    anyText(),
    fc.constantFrom(
      URL_PASTED,
      QUERY,
      CODE,
      "%",
      "%zz",
      "code=",
      "state=",
      "error=",
      "&",
      "?",
      "://",
      "<",
      '"',
      "\n",
      "\u001b[",
    ),
  );
  const garbage = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(garbage, (pasted) => {
      try {
        expect(parsePaste(pasted, EXPECTED).code.reveal()).toMatch(/^[\w.~+/=:-]{1,512}$/);
      } catch (error) {
        if (!(error instanceof PsnError)) throw error;
        expect(error.message).not.toContain(CODE);
      }
    }),
    { numRuns: 500 },
  );
});
