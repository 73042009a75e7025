import { consentPage, wrongPage } from "../api/authorize-page.ts";
import { formFields, html, type Reply, redirect, type SandboxRequest } from "../http.ts";
import type { Account } from "../world/accounts.ts";
import type { World } from "../world/world.ts";

/** Scopes that X knows and this sandbox may be asked for. */
const KNOWN_SCOPES = new Set([
  "tweet.read",
  "tweet.write",
  "tweet.moderate.write",
  "users.read",
  "media.write",
  "offline.access",
  "follows.read",
  "follows.write",
  "like.read",
  "like.write",
  "list.read",
  "list.write",
  "bookmark.read",
  "bookmark.write",
  "block.read",
  "block.write",
  "mute.read",
  "mute.write",
  "space.read",
  "dm.read",
  "dm.write",
  "timeline.read",
]);

interface AuthorizeRequest {
  readonly account: Account;
  readonly redirectUri: string;
  readonly state: string;
  readonly scopes: readonly string[];
  readonly challenge: string;
  readonly method: "S256" | "plain";
}

/**
 * `/i/oauth2/authorize`: the consent page (GET), and its form (POST). A machine decides by posting the form's fields,
 * or with `sandbox_decision=approve|deny` in the query; `sandbox_account` says who is signed in to the browser.
 * What is wrong with the request itself is never told to the callback: the person sees a page.
 */
export function authorize(world: World, request: SandboxRequest): Reply {
  const fields = request.method === "POST" ? formFields(request) : request.query;
  const wanted = readRequest(world, fields);
  if (typeof wanted === "string") return html(400, wrongPage(wanted));
  switch (fields.get("sandbox_decision")) {
    case "approve":
      return approve(world, wanted);
    case "deny":
      return redirect(callback(wanted, { state: wanted.state, error: "access_denied" }));
    default:
      return html(200, consentPage(world.app.name, wanted.account, wanted.scopes, [...fields]));
  }
}

function approve(world: World, wanted: AuthorizeRequest): Reply {
  const grantable = world.settings.grantableScopes;
  const scopes = grantable === null ? wanted.scopes : wanted.scopes.filter((scope) => grantable.includes(scope));
  const { account, redirectUri, challenge, method } = wanted;
  const code = world.grants.consent({ account, scopes, redirectUri, challenge, method }, world.now());
  return redirect(callback(wanted, { state: wanted.state, code }));
}

/** What is asked for, or what is wrong with it. */
function readRequest(world: World, fields: URLSearchParams): AuthorizeRequest | string {
  const field = (name: string): string => fields.get(name) ?? "";
  const method = field("code_challenge_method") || "plain";
  const state = field("state");
  const scopes = field("scope")
    .split(" ")
    .filter((scope) => scope !== "");
  const unknown = scopes.find((scope) => !KNOWN_SCOPES.has(scope));
  const account =
    world.accounts.find(field("sandbox_account") || (world.settings.signedIn ?? "")) ?? world.accounts.require();
  if (world.billing.spendCapUntil !== null) return "the spend cap is reached";
  if (field("client_id") !== world.app.clientId) return "no app has this client_id";
  if (!world.app.redirectUris.includes(field("redirect_uri"))) return "the redirect_uri is not registered for the app";
  if (field("response_type") !== "code") return "response_type is not code";
  if (state === "" || state.length > 500) return "state is missing or longer than 500 characters";
  if (field("code_challenge") === "") return "code_challenge is missing";
  if (method !== "S256" && method !== "plain") return "code_challenge_method is neither S256 nor plain";
  if (scopes.length === 0) return "scope is missing";
  if (unknown !== undefined) return `the scope ${unknown} does not exist`;
  return { account, redirectUri: field("redirect_uri"), state, scopes, challenge: field("code_challenge"), method };
}

function callback({ redirectUri }: AuthorizeRequest, fields: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(fields).toString();
  return `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${query}`;
}
