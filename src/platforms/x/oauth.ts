import { CodeChallengeMethod, generateCodeVerifier, generateState, OAuth2Client, type OAuth2Tokens } from "arctic";
import { revealed, Secret } from "../../core/secret.ts";
import { failureOfArctic } from "./errors/arctic.ts";
import { type OAuthFailure, type OAuthStep, outage, scopesMissing } from "./errors/oauth.ts";
import { missingScopes, X_SCOPES } from "./scopes.ts";
import { type OAuthAnswer, readTokens, type XTokens } from "./tokenAnswer.ts";
import { requestTokens, type TokenRequestBody } from "./tokenRequest.ts";

export type { OAuthFailure } from "./errors/oauth.ts";
export type { OAuthAnswer, XTokens } from "./tokenAnswer.ts";

export interface XOAuthOptions {
  readonly clientId: string;
  /** Absent for a public client (native app). */
  readonly clientSecret?: string | Secret;
  /** Exactly as it is registered at X. */
  readonly callbackUrl: string;
  /** `https://x.com/i/oauth2/authorize` */
  readonly authorizeUrl: string;
  /** `https://api.x.com` */
  readonly apiUrl: string;
  readonly now: () => Date;
  /** For one answer, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number;
  /** 43 to 128 characters of RFC 7636. @default 256 random bits */
  readonly newCodeVerifier?: () => string;
}

export interface SignInStart {
  /** To be opened in a browser. */
  readonly url: string;
  /** Comes back in the redirect and must be the same. */
  readonly state: string;
  readonly codeVerifier: Secret;
}

/**
 * How a request ended that had run out of its time: its tokens were handed to `onLate`, `onLate` failed (with why),
 * or X gave none.
 */
export type LateEnd =
  | { readonly kind: "handed_over" | "nothing" }
  | { readonly kind: "not_taken"; readonly cause: unknown };

/** A refresh; `late`, only after a time-out, settles when X's answer has come after all. It never rejects. */
export type RefreshAnswer = OAuthAnswer & { readonly late?: Promise<LateEnd> };

export interface XOAuth {
  /** The address to open and what must be kept until the redirect comes back. */
  start(): SignInStart;
  /** Trades the code, within the 30 seconds it lives. Fails with `scopes_missing` when the person or the app gave less. */
  exchange(sent: { code: string | Secret; codeVerifier: string | Secret }): Promise<OAuthAnswer>;
  /**
   * Spends a refresh token, which works once. arctic can't abort, so after a time-out the request goes on: tokens that
   * come then are given to `onLate` and must be stored, since the old ones are dead.
   */
  refresh(
    refreshToken: string | Secret,
    options: { onLate: (tokens: XTokens) => void | Promise<void> },
  ): Promise<RefreshAnswer>;
  /** Ends a token's grant at X. A token that X does not know any more counts as revoked. */
  revoke(
    token: string | Secret,
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly failure: OAuthFailure }>;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** OAuth 2.0 with PKCE (S256) at X, over arctic's generic client: its X provider knows only X's former hosts. */
export function createXOAuth(options: XOAuthOptions): XOAuth {
  const { now, callbackUrl, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  // A line break that came along with a copied id or secret makes X answer "Missing valid authorization header".
  const secret = options.clientSecret === undefined ? "" : revealed(options.clientSecret).trim();
  const client = new OAuth2Client(options.clientId.trim(), secret === "" ? null : secret, callbackUrl);
  const endpoint = (name: "token" | "revoke") => `${options.apiUrl.replace(/\/+$/, "")}/2/oauth2/${name}`;

  /** Repeats a request, once, that X refused only because its body does not name the client. */
  const namingTheClient = <T>(name: "token" | "revoke", asked: Promise<T>, body: TokenRequestBody) =>
    asked.catch((error: unknown): Promise<OAuth2Tokens> => {
      if (secret === "" || failureOfArctic("exchange", error).code !== "client_id_missing") throw error;
      return requestTokens(endpoint(name), { id: options.clientId.trim(), secret }, body);
    });

  return {
    start() {
      const state = generateState();
      const verifier = (options.newCodeVerifier ?? generateCodeVerifier)();
      const url = client.createAuthorizationURLWithPKCE(
        options.authorizeUrl,
        state,
        CodeChallengeMethod.S256,
        verifier,
        [...X_SCOPES],
      );
      // X documents %20 between scopes; a literal plus is %2B here, so every + is a space.
      url.search = url.search.replaceAll("+", "%20");
      return { url: url.href, state, codeVerifier: new Secret(verifier) };
    },

    async exchange({ code, codeVerifier }) {
      const askedAt = now();
      const asked = namingTheClient(
        "token",
        client.validateAuthorizationCode(endpoint("token"), revealed(code), revealed(codeVerifier)),
        {
          grant_type: "authorization_code",
          code: revealed(code),
          redirect_uri: callbackUrl,
          code_verifier: revealed(codeVerifier),
        },
      );
      const end = await within(timeoutMs, asked);
      if (end.kind !== "answer") return { ok: false, failure: failureOf("exchange", end) };
      const answer = readTokens(end.value.data, askedAt);
      if (!answer.ok) return answer;
      const missing = missingScopes(answer.tokens.scopes);
      return missing.length === 0 ? answer : { ok: false, failure: scopesMissing(missing) };
    },

    async refresh(refreshToken, { onLate }) {
      const askedAt = now();
      const previous = new Secret(revealed(refreshToken));
      const asked = namingTheClient("token", client.refreshAccessToken(endpoint("token"), previous.reveal(), []), {
        grant_type: "refresh_token",
        refresh_token: previous.reveal(),
      });
      const end = await within(timeoutMs, asked);
      if (end.kind === "answer") return readTokens(end.value.data, askedAt, previous);
      const failure = failureOf("refresh", end);
      if (end.kind === "threw") return { ok: false, failure };
      const read = asked.then((tokens) => readTokens(tokens.data, askedAt, previous));
      return { ok: false, failure, late: handOver(read, onLate) };
    },

    async revoke(token) {
      const asked = client.revokeToken(endpoint("revoke"), revealed(token)).then(() => undefined);
      const end = await within(timeoutMs, namingTheClient("revoke", asked, { token: revealed(token) }));
      if (end.kind === "answer") return { ok: true };
      const failure = failureOf("revoke", end);
      return failure.code === "token_dead" ? { ok: true } : { ok: false, failure };
    },
  };
}

type End<T> = { kind: "answer"; value: T } | { kind: "threw"; error: unknown } | { kind: "late" };

/** Waits for an answer at most so long. The request itself goes on: there is no way to stop it. */
async function within<T>(ms: number, asked: Promise<T>): Promise<End<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<End<T>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "late" }), ms);
  });
  const answered = asked.then(
    (value): End<T> => ({ kind: "answer", value }),
    (error: unknown): End<T> => ({ kind: "threw", error }),
  );
  const end = await Promise.race([answered, late]);
  clearTimeout(timer);
  return end;
}

async function handOver(
  asked: Promise<OAuthAnswer>,
  onLate: (tokens: XTokens) => void | Promise<void>,
): Promise<LateEnd> {
  const answer = await asked.catch(() => undefined);
  if (!answer?.ok) return { kind: "nothing" };
  try {
    await onLate(answer.tokens);
    return { kind: "handed_over" };
  } catch (cause) {
    return { kind: "not_taken", cause };
  }
}

function failureOf(step: OAuthStep, end: { kind: "threw"; error: unknown } | { kind: "late" }): OAuthFailure {
  return end.kind === "late" ? outage(true) : failureOfArctic(step, end.error);
}
