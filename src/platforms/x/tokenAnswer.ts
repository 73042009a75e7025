import { z } from "zod";
import { Secret } from "../../core/secret.ts";
import { type OAuthFailure, outage, scopesMissing } from "./errors/oauth.ts";
import { missingScopes, X_SCOPES } from "./scopes.ts";

/** A grant as psn keeps it. */
export interface XTokens {
  readonly accessToken: Secret;
  readonly refreshToken: Secret;
  /** Counted from the moment of asking, so never later than X's own. */
  readonly expiresAt: Date;
  readonly scopes: readonly string[];
}

export type OAuthAnswer =
  | { readonly ok: true; readonly tokens: XTokens }
  | { readonly ok: false; readonly failure: OAuthFailure };

/** X: an access token lives two hours (docs, oauth-2-0/authorization-code). */
const DEFAULT_LIFETIME_S = 7_200;

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  expires_in: z.coerce.number().positive().catch(DEFAULT_LIFETIME_S),
  /** Absent when X granted exactly what was asked for (RFC 6749, section 5.1). */
  scope: z.string().nullish(),
});

/**
 * Reads the token endpoint's success. `previous` is the refresh token that stays good when X sends no new one
 * (RFC 6749, section 6). A 200 without an access token may have spent a refresh token: an outage that was sent.
 */
export function readTokens(data: unknown, askedAt: Date, previous?: Secret): OAuthAnswer {
  const read = tokenAnswer.safeParse(data);
  if (!read.success) return { ok: false, failure: outage(true, { status: 200 }) };
  const { access_token, refresh_token, expires_in, scope } = read.data;
  const scopes = scope?.split(/\s+/).filter((s) => s !== "") ?? [...X_SCOPES];
  const refreshToken = refresh_token ? new Secret(refresh_token) : previous;
  if (refreshToken === undefined) {
    // X gives a refresh token for offline.access only, whatever the list says.
    return { ok: false, failure: scopesMissing(missingScopes(scopes.filter((s) => s !== "offline.access"))) };
  }
  const expiresAt = new Date(askedAt.getTime() + expires_in * 1000);
  return { ok: true, tokens: { accessToken: new Secret(access_token), refreshToken, expiresAt, scopes } };
}
