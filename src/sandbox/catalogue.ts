/** An answer of X, exactly as it was seen or documented. `body` is the text on the wire. */
export interface CatalogueEntry {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export const PROBLEM = "https://api.x.com/2/problems";
const OLD_PROBLEM = "https://api.twitter.com/2/problems";
const CREDITS_ACCOUNT = "1553086854915936256";

/** A problem without a type of its own. */
function plain(status: number, title: string, detail: string): CatalogueEntry {
  return problem(status, { title, detail, type: "about:blank", status });
}

function problem(status: number, fields: Readonly<Record<string, unknown>>): CatalogueEntry {
  return { status, contentType: "application/problem+json", body: JSON.stringify(fields) };
}

/** The form of 400: what is wrong stands in `errors`, the problem itself says nothing. */
function invalid(message: string, parameters: Readonly<Record<string, readonly string[]>> = {}): CatalogueEntry {
  return {
    status: 400,
    contentType: "application/json; charset=utf-8",
    body: JSON.stringify({
      errors: [{ parameters, message }],
      title: "Invalid Request",
      detail: "One or more parameters to your request was invalid.",
      type: `${PROBLEM}/invalid-request`,
    }),
  };
}

function text(status: number, body: string, contentType: string): CatalogueEntry {
  return { status, contentType, body };
}

function oauth(status: number, error: string, description?: string): CatalogueEntry {
  const fields = description === undefined ? { error } : { error, error_description: description };
  return text(status, JSON.stringify(fields), "application/json;charset=utf-8");
}

const notAllowed = (detail: string) =>
  problem(403, { detail, status: 403, title: "Authorization Error", type: `${PROBLEM}/not-authorized-for-resource` });

const HTML_OF_THE_EDGE =
  "<!DOCTYPE html><html><head><title>x.com | 502: Bad gateway</title></head>" +
  "<body><h1>Bad gateway</h1><p>The web server reported a bad gateway error.</p><p>cf-ray: 8f1c2d3e4f5a6b7c</p></body></html>";

/** What the API answers when it refuses, or when it fails. */
export const X_ERRORS = {
  invalid_request: invalid("$.text: is missing but it is required", { "$.text": [] }),
  media_invalid: invalid("Your media IDs are invalid."),
  too_many_media: invalid("array must have at most 4 items"),
  content_type: invalid("Requests with bodies must have content-type of application/json."),
  text_too_long: plain(403, "Forbidden", "Your Tweet text is too long."),
  text_too_long_400: invalid("Your Tweet text is too long."),
  unauthorized: plain(401, "Unauthorized", "Unauthorized"),
  credits_depleted: text(
    402,
    // The id is a bare number of 19 digits, which no JavaScript number can hold.
    `{"account_id":${CREDITS_ACCOUNT},"title":"CreditsDepleted","detail":"Your enrolled account [${CREDITS_ACCOUNT}] does not have any credits to fulfill this request.","type":"${OLD_PROBLEM}/credits"}`,
    "application/problem+json",
  ),
  spend_cap: spendCapReached("2026-12-14"),
  duplicate: plain(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content."),
  reply_not_allowed: notAllowed("You can only reply to or quote posts where you are mentioned or are the author."),
  reply_not_allowed_2025: plain(
    403,
    "Forbidden",
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.",
  ),
  quote_not_allowed: plain(
    403,
    "Forbidden",
    "Quoting this post is not allowed because you have not been mentioned or are not part of the conversation thread.",
  ),
  cashtag_limit: notAllowed("Posts are limited to a maximum of one cashtag ($SYMBOL)"),
  parent_gone: plain(403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you."),
  parent_gone_400: invalid("You attempted to reply to a Tweet that is deleted or not visible to you."),
  forbidden_generic: plain(403, "Forbidden", "You are not permitted to perform this action."),
  unsupported_auth: problem(403, {
    title: "Unsupported Authentication",
    detail:
      "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
    type: `${PROBLEM}/unsupported-authentication`,
    status: 403,
  }),
  client_not_enrolled: problem(403, {
    title: "Client Forbidden",
    reason: "client-not-enrolled",
    required_enrollment: "Appropriate Level of API Access",
    detail:
      "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter developer App that is attached to a Project. You can create a project via the developer portal.",
    registration_url: "https://developer.twitter.com/en/portal/opt-in",
    type: `${OLD_PROBLEM}/client-forbidden`,
  }),
  account_suspended: plain(403, "Forbidden", "Your account is suspended and is not permitted to access this feature."),
  account_suspended_typed: problem(403, {
    title: "Forbidden",
    detail: "User has been suspended: [1553086854915936256].",
    type: `${PROBLEM}/user-suspended`,
    status: 403,
  }),
  account_locked: plain(
    403,
    "Forbidden",
    "To protect our users from spam and other malicious activity, this account is temporarily locked. Please log in to https://x.com to unlock your account.",
  ),
  video_too_long: plain(403, "Forbidden", "This user is not allowed to post a video longer than 2 minutes."),
  bad_url: plain(403, "Forbidden", "Tweet contains an invalid URL."),
  forbidden_bare: plain(403, "Forbidden", "Forbidden"),
  delete_not_yours: plain(403, "Forbidden", "You are not authorized to delete this Tweet."),
  not_found: plain(404, "Not Found", "Not Found"),
  payload_too_large: plain(413, "Payload Too Large", "Payload Too Large"),
  rate_limited: plain(429, "Too Many Requests", "Too Many Requests"),
  rate_limited_coded: text(429, '{"errors":[{"code":88,"message":"Rate limit exceeded"}]}', "application/json"),
  usage_capped: problem(429, {
    title: "UsageCapExceeded",
    detail: "Usage cap exceeded: Monthly product cap",
    period: "Monthly",
    scope: "Product",
    account_id: CREDITS_ACCOUNT,
    type: `${PROBLEM}/usage-capped`,
  }),
  server_error: text(500, '{"errors":["internal server error"]}', "application/json"),
  server_error_problem: plain(500, "Internal Server Error", "Something is broken."),
  bad_gateway: text(502, HTML_OF_THE_EDGE, "text/html; charset=UTF-8"),
  unavailable: plain(503, "Service Unavailable", "Service Unavailable"),
  gateway_timeout: text(504, "", "text/plain"),
} as const satisfies Record<string, CatalogueEntry>;

/** What `POST /2/oauth2/token` and `/revoke` answer when they refuse. */
export const TOKEN_ERRORS = {
  token_invalid: oauth(400, "invalid_request", "Value passed for the token was invalid."),
  token_invalid_grant: oauth(400, "invalid_grant", "Value passed for the token was invalid."),
  code_invalid: oauth(400, "invalid_request", "Value passed for the authorization code was invalid."),
  verifier_invalid: oauth(400, "invalid_request", "Value passed for the code verifier was invalid."),
  redirect_mismatch: oauth(
    400,
    "invalid_request",
    "Value passed for the redirect uri did not match the uri of the authorization code.",
  ),
  grant_type_invalid: oauth(400, "invalid_request", "Value passed for the grant type was invalid."),
  client_id_missing: missingParameter("client_id"),
  unauthorized_client: oauth(401, "unauthorized_client", "Missing valid authorization header"),
  invalid_client: oauth(401, "invalid_client"),
  invalid_client_400: oauth(400, "invalid_client"),
  spend_cap: spendCapReached("2026-12-14"),
  rate_limited: X_ERRORS.rate_limited,
  server_error: X_ERRORS.server_error,
  bad_gateway: X_ERRORS.bad_gateway,
  unavailable: X_ERRORS.unavailable,
} as const satisfies Record<string, CatalogueEntry>;

/** Answers of a create that went through and do not say which tweet it made. */
export const UNREADABLE_SUCCESSES = {
  without_id: text(201, '{"data":{"text":"…","edit_history_tweet_ids":[""]}}', "application/json"),
  without_data: text(201, "{}", "application/json"),
  broken_json: text(201, '{"data":{"id":"19', "application/json"),
  html: text(200, HTML_OF_THE_EDGE, "text/html; charset=UTF-8"),
  empty: text(200, "", "text/plain"),
} as const satisfies Record<string, CatalogueEntry>;

export type XErrorName = keyof typeof X_ERRORS;
export type TokenErrorName = keyof typeof TOKEN_ERRORS;

/** A 403, not a 429: the whole developer account stands still until the cycle that begins on `date` (YYYY-MM-DD). */
export function spendCapReached(date: string): CatalogueEntry {
  return problem(403, {
    title: "SpendCapReached",
    detail: `Your enrolled account [${CREDITS_ACCOUNT}] has reached its billing cycle spend cap. API requests will be blocked until the next cycle begins on ${date}.`,
    reset_date: date,
    type: `${OLD_PROBLEM}/credits`,
  });
}

export function missingParameter(name: string): CatalogueEntry {
  return oauth(400, "invalid_request", `Missing required parameter [${name}].`);
}
