/** The calls of the client. What a failure means depends on the call: creating a tweet is the one that can't be repeated. */
export type XCallName =
  | "me"
  | "createTweet"
  | "getTweet"
  | "ownTimeline"
  | "deleteTweet"
  | "uploadImage"
  | "setAltText";

/**
 * What a failure asks for:
 * - `terminal`: X refuses this content for good.
 * - `configuration`: the app or the account must be mended by a person; the whole account waits.
 * - `sign_in`: refresh the token once and repeat; if that fails too, the person signs in.
 * - `later`: wait until `retryAt`.
 * - `ambiguous`: X may have done it; find out before anything is sent again. Only `createTweet` can end so.
 * - `safe`: it was not done, or doing it again changes nothing; repeat with backoff.
 */
export type XFailureClass = "terminal" | "configuration" | "sign_in" | "later" | "ambiguous" | "safe";

export type XErrorCode =
  // refusals of this content
  | "not_sendable"
  | "invalid_request"
  | "media_invalid"
  | "too_long"
  | "duplicate"
  | "reply_not_allowed"
  | "quote_not_allowed"
  | "cashtag_limit"
  | "parent_gone"
  | "video_too_long"
  | "bad_url"
  | "forbidden_generic"
  | "not_found"
  | "not_visible"
  | "payload_too_large"
  | "refused"
  // the app, the account, the money
  | "credits_depleted"
  | "spend_cap"
  | "usage_capped"
  | "unsupported_auth"
  | "client_not_enrolled"
  | "app_permissions"
  | "account_locked"
  | "forbidden_scope"
  | "redirected"
  // the sign-in
  | "unauthorized"
  | "token_malformed"
  // waiting
  | "rate_limited"
  | "daily_limit"
  | "blocked_by_edge"
  // X in trouble, or an answer that did not arrive
  | "content_type_refused"
  | "server_error"
  | "unavailable"
  | "no_id"
  | "unreadable_answer"
  | "unreachable"
  | "tls_failed"
  | "no_answer"
  | "timed_out"
  | "stopped";

/** What may be tried once before a `terminal` failure is final: wait until `retryAt`, or upload the media anew. */
export type OnceMore = "wait" | "reupload";

/** Why a call of X failed, in terms that the publisher can act on and a person can read. */
export interface XFailure {
  readonly class: XFailureClass;
  readonly code: XErrorCode;
  /** The HTTP status; absent when no answer came. */
  readonly status?: number;
  /** One plain sentence for a person, in psn's words. */
  readonly message: string;
  /** X's own words, at most 300 characters, without secrets or control characters. */
  readonly detail?: string;
  /** The next command, or the next act when no command helps. */
  readonly next: string;
  /** With class `later`, and with `once: "wait"`: not before this. */
  readonly retryAt?: Date;
  /** The day on which X lifts the spend cap, `YYYY-MM-DD`. */
  readonly resetDate?: string;
  /** X's id of the exchange, for its support. */
  readonly transactionId?: string;
  readonly once?: OnceMore;
}
