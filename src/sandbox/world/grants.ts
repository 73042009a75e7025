import type { Account } from "./accounts.ts";
import { authorizationCode, pkceChallenge, randomSecret } from "./ids.ts";

/** X: an authorisation code lives 30 s after the approval (docs, oauth-2-0/authorization-code). */
const CODE_LIFETIME_MS = 30_000;
export const ACCESS_LIFETIME_SECS = 7_200;
/** X: about six months. */
const REFRESH_LIFETIME_MS = 182 * 24 * 60 * 60 * 1000;

/** One consent of a person, and every token that came of it: the family that dies when a spent token is used again. */
interface Grant {
  readonly account: Account;
  readonly scopes: readonly string[];
  revoked: boolean;
}
interface Code {
  readonly grant: Grant;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly method: "S256" | "plain";
  expiresAt: number;
  used: boolean;
}
interface AccessToken {
  readonly grant: Grant;
  expiresAt: number;
  revoked: boolean;
}
interface RefreshToken {
  readonly grant: Grant;
  readonly expiresAt: number;
  spent: boolean;
}

export interface Consent {
  readonly account: Account;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly challenge: string;
  readonly method: "S256" | "plain";
}

export interface IssuedTokens {
  readonly accessToken: string;
  /** Null without the scope offline.access. */
  readonly refreshToken: string | null;
  readonly expiresInSecs: number;
  /** In another order than they were asked for. */
  readonly scopes: readonly string[];
}

export type ExchangeResult = { readonly issued: IssuedTokens } | { readonly refused: "code" | "redirect" | "verifier" };

export interface TokenCounts {
  grants: number;
  revokedGrants: number;
  exchanges: number;
  refreshes: number;
  /** How often a spent refresh token came again; each one revoked its family. */
  reuses: number;
  liveAccess: number;
  liveRefresh: number;
}

/** Everything that X remembers of consents, codes and tokens. */
export class Grants {
  readonly #codes = new Map<string, Code>();
  readonly #access = new Map<string, AccessToken>();
  readonly #refresh = new Map<string, RefreshToken>();
  #exchanges = 0;
  #refreshes = 0;
  #reuses = 0;

  /** Returns the authorisation code of a person's consent. */
  consent(consent: Consent, now: Date): string {
    const code = authorizationCode(now);
    const grant: Grant = { account: consent.account, scopes: consent.scopes, revoked: false };
    const { redirectUri, challenge, method } = consent;
    const expiresAt = now.getTime() + CODE_LIFETIME_MS;
    this.#codes.set(code, { grant, redirectUri, challenge, method, expiresAt, used: false });
    return code;
  }

  /** Tokens without a consent page, for what starts signed in. */
  issueDirectly(account: Account, scopes: readonly string[], now: Date, lifetimeSecs: number): IssuedTokens {
    return this.#issue({ account, scopes, revoked: false }, now, lifetimeSecs);
  }

  /** A code works once: an exchange that fails its other checks uses it up as well. */
  exchange(value: string, redirectUri: string, verifier: string, now: Date): ExchangeResult {
    const code = this.#codes.get(value);
    if (code === undefined || code.used || now.getTime() >= code.expiresAt) return { refused: "code" };
    code.used = true;
    if (code.redirectUri !== redirectUri) return { refused: "redirect" };
    const challenge = code.method === "S256" ? pkceChallenge(verifier) : verifier;
    if (challenge !== code.challenge) return { refused: "verifier" };
    this.#exchanges += 1;
    return { issued: this.#issue(code.grant, now, ACCESS_LIFETIME_SECS) };
  }

  /** Spends a refresh token. Null means refused; one that was spent before takes its whole family with it. */
  refresh(value: string, now: Date): IssuedTokens | null {
    const token = this.#refresh.get(value);
    if (token === undefined) return null;
    if (token.spent) {
      this.#reuses += 1;
      token.grant.revoked = true;
    }
    if (token.grant.revoked || now.getTime() >= token.expiresAt) return null;
    token.spent = true;
    this.#refreshes += 1;
    return this.#issue(token.grant, now, ACCESS_LIFETIME_SECS);
  }

  /** A refresh token takes its family with it, an access token only itself; an unknown one is no error (RFC 7009). */
  revoke(value: string): void {
    const refresh = this.#refresh.get(value);
    if (refresh !== undefined) refresh.grant.revoked = true;
    const access = this.#access.get(value);
    if (access !== undefined) access.revoked = true;
  }

  /** Who a bearer speaks for; null when it is unknown, expired or revoked, which X answers alike. */
  identify(bearer: string, now: Date): { account: Account; scopes: readonly string[] } | null {
    const token = this.#access.get(bearer);
    return token !== undefined && isLive(token, now) ? token.grant : null;
  }

  /** Ends access tokens before their time; their refresh tokens keep working. */
  expireAccess(account: Account | undefined): void {
    for (const token of this.#access.values()) if (concerns(token.grant, account)) token.expiresAt = 0;
  }

  expireCodes(): void {
    for (const code of this.#codes.values()) code.expiresAt = 0;
  }

  /** What a person does under "Connected apps": every token of the account is dead. */
  revokeAll(account: Account | undefined): void {
    for (const token of this.#access.values()) if (concerns(token.grant, account)) token.grant.revoked = true;
  }

  counts(now: Date): TokenCounts {
    const grants = new Set([...this.#access.values()].map((token) => token.grant));
    const refreshTokens = [...this.#refresh.values()];
    return {
      grants: grants.size,
      revokedGrants: [...grants].filter((grant) => grant.revoked).length,
      exchanges: this.#exchanges,
      refreshes: this.#refreshes,
      reuses: this.#reuses,
      liveAccess: [...this.#access.values()].filter((token) => isLive(token, now)).length,
      liveRefresh: refreshTokens.filter((t) => !t.spent && !t.grant.revoked && now.getTime() < t.expiresAt).length,
    };
  }

  #issue(grant: Grant, now: Date, expiresInSecs: number): IssuedTokens {
    const accessToken = randomSecret();
    this.#access.set(accessToken, { grant, expiresAt: now.getTime() + expiresInSecs * 1000, revoked: false });
    let refreshToken: string | null = null;
    if (grant.scopes.includes("offline.access")) {
      refreshToken = randomSecret();
      this.#refresh.set(refreshToken, { grant, expiresAt: now.getTime() + REFRESH_LIFETIME_MS, spent: false });
    }
    return { accessToken, refreshToken, expiresInSecs, scopes: reordered(grant.scopes) };
  }
}

function isLive(token: AccessToken, now: Date): boolean {
  return !token.revoked && !token.grant.revoked && now.getTime() < token.expiresAt;
}

function concerns(grant: Grant, account: Account | undefined): boolean {
  return account === undefined || grant.account === account;
}

/** X lists the granted scopes in an order of its own. */
function reordered(scopes: readonly string[]): readonly string[] {
  const [first, ...rest] = scopes;
  return first === undefined ? [] : [...rest.reverse(), first];
}
