import type { XScope } from "../scopes.ts";
import { presentable } from "./detail.ts";

interface Told {
  readonly status?: number;
  /** One plain sentence for a person, in psn's words. */
  readonly message: string;
  /** X's own words, at most 300 characters. */
  readonly detail?: string;
  readonly next: string;
}

export type OAuthRefusalCode =
  | "code_expired"
  | "token_dead"
  | "app_refused"
  | "client_id_missing"
  | "redirect_mismatch"
  | "verifier_invalid"
  | "spend_cap"
  | "unexpected";

/**
 * Why X's token endpoint gave nothing.
 * - `token_dead`: the refresh token is spent, revoked or expired. The one failure that ends a grant.
 * - `app_refused`, `client_id_missing`: the app's id or secret. Never the person's grant.
 * - `outage`: nobody knows; `sent` says whether the request may have reached X, so that a refresh may have been spent.
 */
export type OAuthFailure =
  | (Told & { readonly code: OAuthRefusalCode })
  | (Told & { readonly code: "outage"; readonly sent: boolean })
  | (Told & { readonly code: "scopes_missing"; readonly missing: readonly XScope[] });

export type OAuthStep = "exchange" | "refresh" | "revoke";

interface OAuthRow {
  readonly code: OAuthRefusalCode;
  /** The OAuth error code. */
  readonly error?: RegExp;
  readonly description?: RegExp;
  readonly status?: readonly number[];
  readonly steps?: readonly OAuthStep[];
  readonly says: string;
  readonly next: string;
}

const START = "psn setup x-auth start";
const APP = "psn setup x-app";
const APP_SECRET = "X does not accept the app's id and secret: the secret was renewed, or it belongs to another app.";
const CODE_LATE = "The code was late or used already: it lives 30 seconds and works once.";
const SIGNED_OUT = "The sign-in has ended: X does not accept its refresh token any more.";

/** What X's token endpoint refuses. The first row that applies wins; every given condition must hold. */
const ROWS: readonly OAuthRow[] = [
  { code: "app_refused", error: /^(unauthorized_client|invalid_client)$/, says: APP_SECRET, next: APP },
  {
    code: "client_id_missing",
    description: /missing required parameter \[?client_id/i,
    says: "X wants the app's client id in another place than psn puts it: check the app's type.",
    next: APP,
  },
  { code: "code_expired", description: /authorization code was invalid/i, says: CODE_LATE, next: START },
  {
    code: "verifier_invalid",
    description: /code.?verifier/i,
    says: "The code belongs to another sign-in than the one that was started last.",
    next: START,
  },
  {
    code: "redirect_mismatch",
    description: /redirect.?ur[il]/i,
    says: "The callback URL is not the one that the sign-in was started with.",
    next: APP,
  },
  { code: "token_dead", description: /value passed for the token was invalid/i, says: SIGNED_OUT, next: START },
  { code: "code_expired", error: /^invalid_grant$/, steps: ["exchange"], says: CODE_LATE, next: START },
  { code: "token_dead", error: /^invalid_grant$/, says: SIGNED_OUT, next: START },
  {
    code: "spend_cap",
    // arctic drops the body of a 403, and this is the one that has been seen here.
    status: [402, 403],
    says: "X refuses the app, most likely because its spending limit is reached or its credits are gone.",
    next: "psn setup doctor",
  },
];

/** What came back from the token endpoint. */
export interface OAuthRefusal {
  readonly step: OAuthStep;
  readonly status?: number;
  readonly error?: string;
  readonly description?: string;
}

/** The failure for a refusal. Answers that say nothing of the request itself (429, 5xx, a bare 401) are outages. */
export function oauthFailure(refusal: OAuthRefusal): OAuthFailure {
  const { status, error, description } = refusal;
  const detail = presentable(description ?? error);
  const told = {
    ...(status === undefined ? {} : { status }),
    ...(detail === undefined ? {} : { detail }),
  };
  const row = ROWS.find((candidate) => applies(candidate, refusal));
  if (row !== undefined) return { code: row.code, message: row.says, next: row.next, ...told };
  // During X's outage of June 2026 the endpoints answered 401 to everybody.
  const isOutage = status === 401 || status === 429 || (status !== undefined && status >= 500);
  if (isOutage || /^(server_error|temporarily_unavailable)$/.test(error ?? "")) return outage(true, told);
  const message = "X refuses the sign-in for a reason that psn does not know.";
  return { code: "unexpected", message, next: "psn setup doctor", ...told };
}

/** `sent`: the request may have reached X. */
export function outage(sent: boolean, told: { readonly status?: number; readonly detail?: string } = {}): OAuthFailure {
  const message = sent ? "X did not answer the sign-in as it should." : "X can't be reached from this machine.";
  return { code: "outage", sent, message, next: "psn setup doctor", ...told };
}

export function scopesMissing(missing: readonly XScope[]): OAuthFailure {
  return {
    code: "scopes_missing",
    missing,
    message: `X granted fewer rights than psn needs: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing.`,
    next: APP,
  };
}

function applies(row: OAuthRow, { step, status, error, description }: OAuthRefusal): boolean {
  if (row.status !== undefined && (status === undefined || !row.status.includes(status))) return false;
  if (row.error !== undefined && !row.error.test(error ?? "")) return false;
  if (row.description !== undefined && !row.description.test(description ?? "")) return false;
  return row.steps === undefined || row.steps.includes(step);
}
