/**
 * Why a sign-in can't be used any more, as `oauth_tokens.dead_code` holds it.
 * - `token_dead`: X refused its refresh token.
 * - `renewal_lost`: the same, and the renewal before had ended without an answer of X, so that the token may have been
 *   spent by it.
 * - `revoke_open`: the person has ended it, and X has not confirmed that yet.
 */
export type EndCode = "token_dead" | "renewal_lost" | "revoke_open";

/** The code of an account that has no row: signed out here, or put back from a backup. */
export const SIGNED_OUT = "signed_out";

const BECAUSE: Readonly<Record<EndCode | typeof SIGNED_OUT, string>> = {
  token_dead: "X says that its refresh token is no longer valid",
  renewal_lost: "X says that its refresh token is no longer valid, and never answered the renewal before",
  revoke_open: "you ended it, and X has not confirmed that yet",
  signed_out: "its tokens are not here",
};

/** Goes on after "The sign-in has ended: ", without a full stop. */
export const whyEnded = (code: string): string => (isKnown(code) ? BECAUSE[code] : "X ended it");

/** The command that mends it. */
export const mendsEnded = (code: string, username: string): string =>
  code === ("revoke_open" satisfies EndCode) ? `psn setup revoke --account @${username}` : "psn setup x-auth start";

const isKnown = (code: string): code is keyof typeof BECAUSE => Object.hasOwn(BECAUSE, code);

/** What `oauth_tokens.last_failure` holds, for the sentence "The last renewal … failed: ". */
const NOT_RENEWED: Readonly<Record<string, { readonly because: string; readonly next: string }>> = {
  app_refused: { because: "X refuses the app's client id or secret", next: "psn setup x-app" },
  client_id_missing: { because: "X refuses the app's client id or secret", next: "psn setup x-app" },
  spend_cap: { because: "X refuses the app, which has no credits or has reached its limit", next: "psn setup doctor" },
  outage: { because: "X could not be reached", next: "psn setup doctor" },
};

export const whyNotRenewed = (code: string): { readonly because: string; readonly next: string } =>
  NOT_RENEWED[code] ?? { because: "X gave a reason that psn does not know", next: "psn setup doctor" };
