import type { XCallName, XErrorCode, XFailureClass } from "../../../src/platforms/x/errors/failure.ts";

/** A refusal of X's as the contract lists it: the words, and what psn must make of them. */
export interface Refusal {
  readonly name: string;
  readonly statuses: readonly number[];
  readonly title?: string;
  readonly detail: string;
  /** Last part of the problem type; about:blank without. */
  readonly type?: string;
  /** Number of the older API. */
  readonly legacy?: number;
  /** More fields of the problem document. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly calls?: readonly XCallName[];
  readonly code: XErrorCode;
  readonly class: XFailureClass;
}

const CREATE: readonly XCallName[] = ["createTweet"];
const MEDIA: readonly XCallName[] = ["uploadImage", "setAltText"];

/** Refusals that are told by their words, so that every form of body must come to the same. */
export const REFUSALS: readonly Refusal[] = [
  {
    name: "media ids",
    statuses: [400],
    title: "Invalid Request",
    detail: "Your media IDs are invalid.",
    type: "invalid-request",
    legacy: 324,
    calls: CREATE,
    code: "media_invalid",
    class: "terminal",
  },
  {
    name: "too long",
    statuses: [400, 403],
    detail: "Your Tweet text is too long.",
    legacy: 186,
    calls: CREATE,
    code: "too_long",
    class: "terminal",
  },
  {
    name: "no credits",
    statuses: [402],
    title: "CreditsDepleted",
    detail: "Your enrolled account [1553086854915936256] does not have any credits to fulfill this request.",
    type: "credits",
    extra: { account_id: "1553086854915936256" },
    code: "credits_depleted",
    class: "configuration",
  },
  {
    name: "spend cap",
    statuses: [403, 429],
    title: "SpendCapReached",
    detail:
      "Your enrolled account [id] has reached its billing cycle spend cap. API requests will be blocked until the next cycle begins on 2026-12-14.",
    type: "credits",
    extra: { reset_date: "2026-12-14" },
    code: "spend_cap",
    class: "configuration",
  },
  {
    name: "duplicate",
    statuses: [403],
    title: "Forbidden",
    detail: "You are not allowed to create a Tweet with duplicate content.",
    legacy: 187,
    calls: CREATE,
    code: "duplicate",
    class: "terminal",
  },
  {
    name: "cold reply, mid-2026",
    statuses: [403],
    title: "Authorization Error",
    detail: "You can only reply to or quote posts where you are mentioned or are the author.",
    type: "not-authorized-for-resource",
    calls: CREATE,
    code: "reply_not_allowed",
    class: "terminal",
  },
  {
    name: "cold reply, earlier",
    statuses: [403],
    title: "Forbidden",
    detail:
      "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.",
    legacy: 433,
    calls: CREATE,
    code: "reply_not_allowed",
    class: "terminal",
  },
  {
    name: "quote",
    statuses: [403],
    title: "Forbidden",
    detail:
      "Quoting this post is not allowed because you have not been mentioned or are not part of the conversation thread.",
    calls: CREATE,
    code: "quote_not_allowed",
    class: "terminal",
  },
  {
    name: "cashtags",
    statuses: [403],
    title: "Authorization Error",
    detail: "Posts are limited to a maximum of one cashtag ($SYMBOL)",
    calls: CREATE,
    code: "cashtag_limit",
    class: "terminal",
  },
  {
    name: "parent gone",
    statuses: [400, 403],
    detail: "You attempted to reply to a Tweet that is deleted or not visible to you.",
    legacy: 385,
    calls: CREATE,
    code: "parent_gone",
    class: "terminal",
  },
  {
    name: "not permitted",
    statuses: [403],
    title: "Forbidden",
    detail: "You are not permitted to perform this action.",
    code: "forbidden_generic",
    class: "terminal",
  },
  {
    name: "app bearer",
    statuses: [403],
    title: "Unsupported Authentication",
    detail:
      "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint. Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
    type: "unsupported-authentication",
    code: "unsupported_auth",
    class: "configuration",
  },
  {
    name: "read-only app",
    statuses: [403],
    title: "Forbidden",
    detail: "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
    type: "oauth1-permissions",
    code: "app_permissions",
    class: "configuration",
  },
  {
    name: "app that is not enrolled",
    statuses: [403],
    title: "Client Forbidden",
    detail:
      "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter developer App that is attached to a Project.",
    type: "client-forbidden",
    extra: {
      reason: "client-not-enrolled",
      required_enrollment: "Appropriate Level of API Access",
      registration_url: "https://developer.twitter.com/en/portal/opt-in",
    },
    code: "client_not_enrolled",
    class: "configuration",
  },
  {
    name: "suspended user",
    statuses: [403],
    title: "Forbidden",
    detail: "User has been suspended: [1553086854915936256].",
    type: "user-suspended",
    code: "account_locked",
    class: "configuration",
  },
  {
    name: "suspended",
    statuses: [403],
    detail: "Your account is suspended and is not permitted to access this feature.",
    legacy: 64,
    code: "account_locked",
    class: "configuration",
  },
  {
    name: "locked",
    statuses: [403],
    detail: "To protect our users from spam, this account is temporarily locked.",
    legacy: 326,
    code: "account_locked",
    class: "configuration",
  },
  {
    name: "user-suspended",
    statuses: [403],
    detail: "user-suspended",
    code: "account_locked",
    class: "configuration",
  },
  {
    name: "video",
    statuses: [403],
    detail: "You are not allowed to post a video longer than 2 minutes.",
    calls: CREATE,
    code: "video_too_long",
    class: "terminal",
  },
  {
    name: "bad link",
    statuses: [403],
    detail: "The Tweet contains an invalid URL.",
    calls: CREATE,
    code: "bad_url",
    class: "terminal",
  },
  {
    name: "usage cap",
    statuses: [402, 403, 429],
    title: "UsageCapExceeded",
    detail: "Usage cap exceeded: Monthly product cap",
    type: "usage-capped",
    extra: { period: "Monthly", scope: "Product" },
    code: "usage_capped",
    class: "configuration",
  },
  {
    name: "rate limit",
    statuses: [429],
    title: "Too Many Requests",
    detail: "Too Many Requests",
    legacy: 88,
    code: "rate_limited",
    class: "later",
  },
  {
    name: "daily limit",
    statuses: [403],
    detail: "User is over daily status update limit.",
    legacy: 185,
    calls: CREATE,
    code: "daily_limit",
    class: "later",
  },
  {
    name: "content type, an incident of X",
    statuses: [400],
    detail: "Requests with bodies must have content-type of application/json.",
    calls: MEDIA,
    code: "content_type_refused",
    class: "safe",
  },
];

/** Every form in which X has been seen to say the same thing. */
export function formsOf(refusal: Refusal, status: number): Record<string, string> {
  const { title = "Forbidden", detail, type, legacy, extra } = refusal;
  const uri = (host: string) => (type === undefined ? "about:blank" : `https://${host}/2/problems/${type}`);
  const problem = { title, detail, type: uri("api.x.com"), status, ...extra };
  const forms: Record<string, unknown> = {
    "a problem": problem,
    "a problem of the former host": { ...problem, type: uri("api.twitter.com"), status: undefined },
    "a problem with its reason in errors[]": {
      errors: [{ message: detail, parameters: { text: ["x"] } }],
      title: "Invalid Request",
      detail: "One or more parameters to your request was invalid.",
      type: "https://api.x.com/2/problems/invalid-request",
    },
    "a problem inside errors[]": { errors: [problem] },
    "errors[] of texts": { errors: [detail] },
    "errors[] of messages": { errors: [{ message: detail }] },
  };
  if (legacy !== undefined) forms["a number of the older API"] = { errors: [{ code: legacy, message: "Sorry." }] };
  const bodies = Object.fromEntries(Object.entries(forms).map(([name, body]) => [name, JSON.stringify(body)]));
  const oauth = { error: "invalid_request", error_description: detail };
  return { ...bodies, "an OAuth error": JSON.stringify(oauth), "plain text": detail };
}
