import type { OnceMore, XCallName, XErrorCode } from "./failure.ts";
import type { CatalogueRow, When } from "./row.ts";

const EDIT = "psn edit ID --tweet N --stdin";
const SHOW = "psn show ID";
const SIGN_IN = "psn setup x-auth start";
const APP = "psn setup x-app";
const DOCTOR = "psn setup doctor";

const READS: readonly XCallName[] = ["me", "getTweet", "ownTimeline", "deleteTweet"];
const MEDIA: readonly XCallName[] = ["uploadImage", "setAltText"];
/** The statuses with which X refuses a request because of what is in it. */
const REFUSED = [400, 403];

const NO_CREDITS = "The X app has no credits left: buy some in X's developer console.";
const RATE_LIMITED = "X's rate limit is reached; psn goes on when it resets.";
const SIGNED_OUT = "X does not accept the sign-in.";
const X_TROUBLE = "X has trouble of its own and did not say whether it did this.";
const NO_REASON = "X refuses this and gives no reason.";

function row(
  code: XErrorCode,
  kind: CatalogueRow["class"],
  when: When,
  says: string,
  next: string,
  once?: OnceMore,
): CatalogueRow {
  return { code, class: kind, when, says, next, ...(once === undefined ? {} : { once }) };
}

/**
 * Every failure of X that psn knows: documented, seen live, or measured on sockets. X promises none of it, so the
 * last rows catch a whole status each. The first row that applies wins: rows with a reason stand before those.
 */
export const CATALOGUE: readonly CatalogueRow[] = [
  // --- no answer
  row("not_sendable", "terminal", { event: "not_sendable" }, "psn can't send this to X: it breaks X's format.", SHOW),
  row("token_malformed", "sign_in", { event: "token_malformed" }, "The stored sign-in can't be used.", SIGN_IN),
  row("unreachable", "safe", { event: "not_sent" }, "X can't be reached from this machine.", DOCTOR),
  row("tls_failed", "safe", { event: "tls" }, "No secure connection to X: check the clock and any proxy.", DOCTOR),
  row("stopped", "safe", { event: "stopped_before" }, "psn was stopped before it asked X.", SHOW),
  row("stopped", "lost", { event: "stopped_after" }, "psn was stopped before X's answer came.", SHOW),
  row("timed_out", "lost", { event: "timeout" }, "X did not answer in time.", SHOW),
  row("no_answer", "lost", { event: "cut" }, "The connection to X broke before its answer was complete.", SHOW),
  row("media_invalid", "terminal", { event: "media_failed" }, "X could not process the picture.", SHOW, "reupload"),

  // --- money and limits: they come with several statuses
  row(
    "usage_capped",
    "configuration",
    { status: [402, 403, 429], type: "usage-capped", words: /usage cap ?exceeded/i },
    "The X app has used up its allowance for this period.",
    DOCTOR,
  ),
  row(
    "spend_cap",
    "configuration",
    { hundred: 4, words: /spend ?cap/i },
    "The spending limit of the X app is reached: raise it in X's developer console, or wait for the next cycle.",
    DOCTOR,
  ),
  row(
    "credits_depleted",
    "configuration",
    { hundred: 4, words: /CreditsDepleted|not have any credits/i },
    NO_CREDITS,
    DOCTOR,
  ),
  row("credits_depleted", "configuration", { status: [402] }, NO_CREDITS, DOCTOR),
  row("rate_limited", "later", { status: [429] }, RATE_LIMITED, SHOW),
  row("rate_limited", "later", { hundred: 4, legacy: [88] }, RATE_LIMITED, SHOW),
  row(
    "daily_limit",
    "later",
    { status: REFUSED, words: /daily (status update )?limit/i, legacy: [185, 344] },
    "The account has reached X's limit of posts for a day.",
    SHOW,
  ),

  // --- the account, the app, the sign-in
  row(
    "account_locked",
    "configuration",
    {
      status: [401, 403],
      type: "user-suspended",
      words: /user-suspended|temporarily locked|(account|user) (is|has been) suspended/i,
      legacy: [64, 326],
    },
    "X has locked or suspended the account: log in at x.com and do what it asks.",
    DOCTOR,
  ),
  row("unauthorized", "sign_in", { status: [401] }, SIGNED_OUT, SIGN_IN),
  row("unauthorized", "sign_in", { hundred: 4, legacy: [32, 89] }, SIGNED_OUT, SIGN_IN),
  row(
    "unsupported_auth",
    "configuration",
    { status: [403], type: "unsupported-authentication", words: /Application-Only is forbidden/i },
    "The token is the app's own and not a person's: sign in with an account.",
    SIGN_IN,
  ),
  row(
    "client_not_enrolled",
    "configuration",
    { status: [403], type: "client-forbidden", words: /client-not-enrolled|attached to a project/i },
    "The X app is not enrolled: attach it to a pay-per-use project in X's developer console.",
    APP,
  ),
  row(
    "app_permissions",
    "configuration",
    { status: [403], type: "oauth1-permissions", words: /app permissions for this endpoint/i, legacy: [261] },
    "The X app may only read: set its permission to read and write, then sign in again.",
    APP,
  ),
  row(
    "forbidden_scope",
    "configuration",
    { status: [403], bare: true, calls: MEDIA },
    "X refuses the picture: the sign-in lacks the right media.write.",
    SIGN_IN,
  ),
  row(
    "forbidden_scope",
    "configuration",
    { status: [403], bare: true },
    "X refuses this without a reason: the sign-in seems to lack a right that psn needs.",
    SIGN_IN,
  ),

  // --- this content
  row(
    "media_invalid",
    "terminal",
    { status: REFUSED, words: /media ids? (is|are) invalid/i, legacy: [324, 325] },
    "X does not accept the uploaded picture: it may have expired.",
    "psn publish ID --expect SEAL",
    "reupload",
  ),
  row(
    "too_long",
    "terminal",
    { status: REFUSED, words: /text is too long/i, legacy: [186] },
    "The tweet is too long for this account.",
    "psn split ID --tweet N --at OFFSET",
  ),
  row(
    "parent_gone",
    "terminal",
    { status: [400, 403, 404], words: /reply to a (tweet|post) that is deleted or not visible/i, legacy: [385] },
    "The tweet that this one replies to is gone.",
    "psn show ID",
  ),
  row(
    "duplicate",
    "terminal",
    { status: REFUSED, words: /duplicate content/i, legacy: [187] },
    "X refuses the same text twice: this account has posted it already.",
    EDIT,
  ),
  row(
    "reply_not_allowed",
    "terminal",
    {
      status: [403],
      words: /only reply to or quote posts where|reply to this conversation is not allowed/i,
      legacy: [433],
    },
    "X does not let this account reply here.",
    SHOW,
  ),
  row(
    "quote_not_allowed",
    "terminal",
    { status: [403], words: /quoting this post is not allowed/i },
    "X does not let this account quote that tweet.",
    EDIT,
  ),
  row(
    "cashtag_limit",
    "terminal",
    { status: REFUSED, words: /maximum of one cashtag/i },
    "X allows one cashtag ($SYMBOL) in a tweet.",
    EDIT,
  ),
  row("video_too_long", "terminal", { status: REFUSED, words: /video longer than/i }, "The video is too long.", SHOW),
  row("bad_url", "terminal", { status: REFUSED, words: /invalid url/i }, "X refuses a link in the tweet.", EDIT),
  row(
    "payload_too_large",
    "terminal",
    { status: [413] },
    "The picture is larger than X accepts.",
    "psn edit ID --tweet N --stdin",
  ),
  row(
    "content_type_refused",
    "safe",
    { status: [400, 415], words: /content-type of application\/json/i },
    "X misread the request, as it has done in incidents of its own.",
    SHOW,
  ),
  // A read of a missing tweet comes with status 200 and the problem in errors[].
  row(
    "not_found",
    "terminal",
    { calls: READS, type: "resource-not-found", legacy: [34, 144] },
    "X has no such tweet or account.",
    SHOW,
  ),
  row(
    "not_visible",
    "terminal",
    { calls: READS, type: "not-authorized-for-resource", words: /not authorized to (see|access|view)/i, legacy: [179] },
    "X does not show this to the account.",
    SHOW,
  ),

  // X's API answers in OAuth's form when the token is none of its own.
  row("unauthorized", "sign_in", { status: REFUSED, form: "oauth", words: /token/i }, SIGNED_OUT, SIGN_IN),
  // --- whole statuses
  row(
    "invalid_request",
    "terminal",
    { status: [400, 422], calls: MEDIA },
    "X refuses the picture as invalid.",
    "psn attach ID --tweet N PATH",
  ),
  row("invalid_request", "terminal", { status: [400, 422], calls: READS }, "X refuses the request as invalid.", SHOW),
  row("invalid_request", "terminal", { status: [400, 422] }, "X refuses the tweet as invalid.", EDIT),
  row(
    "blocked_by_edge",
    "later",
    { status: [403], form: "html" },
    "X's gatekeeper turned psn away before X saw the request.",
    DOCTOR,
  ),
  row("forbidden_generic", "terminal", { status: [403] }, NO_REASON, DOCTOR, "wait"),
  row("not_found", "terminal", { status: [404] }, "X has nothing at this address.", SHOW),
  row("unavailable", "lost", { status: [503] }, "X is unavailable and did not say whether it did this.", SHOW),
  row("server_error", "lost", { status: [408, 425] }, X_TROUBLE, SHOW),
  row("server_error", "lost", { hundred: 5 }, X_TROUBLE, SHOW),
  row("refused", "terminal", { hundred: 4 }, NO_REASON, SHOW),
  row("redirected", "configuration", { hundred: 3 }, "The address that psn calls is not X's API.", DOCTOR),
  row(
    "no_id",
    "lost",
    { event: "unreadable", calls: ["createTweet"] },
    "X took the tweet and did not say its id.",
    SHOW,
  ),
];

/** Where no row applies: psn can't tell what happened. */
export const UNREADABLE: CatalogueRow = row("unreadable_answer", "lost", {}, "X's answer can't be understood.", SHOW);
