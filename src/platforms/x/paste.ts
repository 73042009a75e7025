import { PsnError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";

export interface ExpectedRedirect {
  /** The state of the sign-in that was started. */
  readonly state: string;
  readonly callbackUrl: string;
}

const PASTE = "psn setup x-auth finish --stdin";
const START = "psn setup x-auth start";

/** X's codes have about a hundred characters; a URL around one stays far below this too. */
const LONGEST_PASTE = 8_192;
const LONGEST_CODE = 512;
/** A bare word this short is an answer to another question. */
const SHORTEST_BARE_CODE = 16;
const CODE = /^[\w.~+/=:-]+$/;

/**
 * The authorisation code in what a person pasted: the whole address of the page that did not load, its query, or the
 * code alone, with whatever a terminal or a chat added around it. A state that comes along must be ours.
 * Throws `paste_invalid`, or `sign_in_refused` when X says that the sign-in was refused. No sentence repeats the code.
 */
export function parsePaste(pasted: string, expected: ExpectedRedirect): { readonly code: Secret } {
  if (pasted.length > LONGEST_PASTE) throw invalid("What was pasted is far too long for X's redirect.", PASTE);
  const text = tidy(pasted);
  if (text === "") throw invalid("Nothing was pasted.", PASTE);
  const query = queryOf(text, expected.callbackUrl);
  return { code: query === undefined ? bareCode(text) : codeOf(query, expected.state) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const TERMINAL_CODES = /\u001b\[[\d;]*[~A-Za-z]|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Takes off what was not in the address bar: wrapped lines, invisible characters, quotes, brackets, words around. */
function tidy(pasted: string): string {
  const oneLine = pasted
    // A terminal marks a paste with ESC [200~ and ESC [201~.
    .replaceAll(TERMINAL_CODES, "")
    .replaceAll(/[\u200B-\u200F\u2060\uFEFF\u00AD]/g, "")
    .replaceAll(/[ \t]*[\r\n]+[ \t]*/g, "")
    .replaceAll("&amp;", "&");
  const words = oneLine
    .split(/\s+/)
    .map((word) => word.replace(/^["'`“”‘’«»<([{]+/, "").replace(/["'`“”‘’«»>)\]},;]+$/, ""))
    .filter((word) => word !== "");
  const telling = words.filter((word) => /:\/\/|[?&]?(code|state|error)=/.test(word));
  return telling.length === 1 ? (telling[0] ?? "") : words.join(" ");
}

/** The query of an address or a bare query; `undefined` when the text is neither. */
function queryOf(text: string, callbackUrl: string): URLSearchParams | undefined {
  const callback = new URL(callbackUrl);
  // Browsers may copy the address without its scheme.
  const address = text.startsWith(`${callback.host}${callback.pathname}`) ? `${callback.protocol}//${text}` : text;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return queryOfAddress(address, callback);
  const query = text.slice(text.indexOf("?") + 1);
  return /^(code|state|error|error_description)=/.test(query) ? new URLSearchParams(query) : undefined;
}

function queryOfAddress(address: string, callback: URL): URLSearchParams {
  if (!URL.canParse(address)) throw invalid("The pasted address is broken.", PASTE);
  const url = new URL(address);
  if (url.searchParams.has("code_challenge") || url.searchParams.get("response_type") === "code") {
    throw invalid(
      "That is the address to open, not the one that comes after: allow the app there, then paste the page's address.",
      PASTE,
    );
  }
  if (url.host !== callback.host) {
    throw invalid(`The pasted address is of another page: it must begin with ${callback.origin}.`, PASTE);
  }
  return url.searchParams;
}

function codeOf(query: URLSearchParams, state: string): Secret {
  const error = query.get("error");
  if (error !== null) throw refused(error);
  const states = query.getAll("state");
  if (states.some((given) => given !== state)) {
    throw invalid("The pasted address belongs to another sign-in than the one that was started last.", START);
  }
  const codes = query.getAll("code");
  const [code = ""] = codes;
  if (code.trim() === "") throw invalid("The pasted address holds no code.", START);
  if (codes.length > 1) throw invalid("The pasted address holds more than one code.", START);
  // Reading a query turns a plus into a space; a code has no spaces.
  return checkedCode(code.replaceAll(" ", "+"));
}

function refused(error: string): PsnError {
  if (error === "access_denied") {
    return new PsnError("sign_in_refused", "The sign-in was cancelled on X's page.", { next: START });
  }
  // Only an error code of OAuth is repeated: anything else could be text that somebody made up.
  const named = /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : "";
  return new PsnError("sign_in_refused", `X refused the sign-in${named}.`, { next: "psn setup status" });
}

function bareCode(text: string): Secret {
  const code = decoded(text);
  if (code.length < SHORTEST_BARE_CODE || /\s/.test(code)) {
    throw invalid("That is neither X's redirect address nor a code.", PASTE);
  }
  return checkedCode(code);
}

function checkedCode(code: string): Secret {
  if (code.length > LONGEST_CODE) throw invalid("The pasted code is longer than any code of X.", PASTE);
  if (!CODE.test(code)) throw invalid("The pasted code holds characters that no code of X has.", PASTE);
  return new Secret(code);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) throw invalid("The pasted code is cut off or damaged.", PASTE);
    throw error;
  }
}

function invalid(message: string, next: string): PsnError {
  return new PsnError("paste_invalid", message, { next });
}
