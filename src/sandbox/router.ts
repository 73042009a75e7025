import { answer, refuse } from "./api/answers.ts";
import type { ApiHandler } from "./api/api-call.ts";
import { spendCapReached } from "./catalogue.ts";
import { authorize } from "./endpoints/authorize.ts";
import { createTweet } from "./endpoints/create-tweet.ts";
import { setMetadata, uploadMedia } from "./endpoints/media.ts";
import { readTimeline } from "./endpoints/timeline.ts";
import { issueToken, revokeToken } from "./endpoints/token.ts";
import { deleteTweet, readTweet } from "./endpoints/tweets.ts";
import { readMe } from "./endpoints/users.ts";
import { isRecord, parseJson, type Reply, type SandboxRequest, withHeaders } from "./http.ts";
import type { Outcome } from "./world/faults.ts";
import type { Attempt } from "./world/journal.ts";
import type { World } from "./world/world.ts";

type OpenHandler = (world: World, request: SandboxRequest) => Reply;

/** `open` endpoints know no user; `api` ones need a user's bearer with these scopes. */
type Route = { readonly method: string; readonly template: string } & (
  | { readonly open: OpenHandler }
  | { readonly api: ApiHandler; readonly scopes: readonly string[]; readonly free?: true }
);

const READ = ["tweet.read", "users.read"];
const WRITE = ["tweet.read", "tweet.write", "users.read"];
const CREATE_ENDPOINT = "POST /2/tweets";

const ROUTES: readonly Route[] = [
  { method: "GET", template: "/i/oauth2/authorize", open: authorize },
  { method: "POST", template: "/i/oauth2/authorize", open: authorize },
  { method: "POST", template: "/2/oauth2/token", open: issueToken },
  { method: "POST", template: "/2/oauth2/revoke", open: revokeToken },
  // Was seen to answer at zero credits.
  { method: "GET", template: "/2/users/me", api: readMe, scopes: READ, free: true },
  { method: "POST", template: "/2/tweets", api: createTweet, scopes: WRITE },
  { method: "GET", template: "/2/tweets/:id", api: readTweet, scopes: READ },
  { method: "DELETE", template: "/2/tweets/:id", api: deleteTweet, scopes: WRITE },
  { method: "GET", template: "/2/users/:id/tweets", api: readTimeline, scopes: READ },
  { method: "POST", template: "/2/media/upload", api: uploadMedia, scopes: ["media.write"] },
  { method: "POST", template: "/2/media/metadata", api: setMetadata, scopes: ["media.write"] },
];

interface Destination {
  readonly route: Route | null;
  readonly template: string;
  readonly endpoint: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Takes a request through the journal and the faults to X's answer. */
export async function dispatch(world: World, request: SandboxRequest): Promise<Outcome> {
  const destination = destinationOf(request);
  const { journal } = world;
  journal.count(destination.endpoint);
  const attempt = destination.endpoint === CREATE_ENDPOINT ? journal.openAttempt(request, whoIs(world, request)) : null;
  const fault = world.faults.take(request, destination.template);
  if (attempt !== null) attempt.fault = fault?.fault.action.kind ?? null;

  const process = async (): Promise<Reply> => {
    const reply = await answerOf(world, request, destination);
    if (attempt !== null) attempt.tweetId = createdId(reply);
    return worded(reply, world);
  };
  const outcome = fault === null ? await process() : await world.faults.strike(fault, process);
  if (attempt !== null) attempt.answered = answeredWith(outcome);
  return outcome;
}

async function answerOf(
  world: World,
  request: SandboxRequest,
  { route, endpoint, params }: Destination,
): Promise<Reply> {
  if (route === null) return refuse("not_found");
  if ("open" in route) return route.open(world, request);
  const now = world.now();
  const bearer = bearerOf(request);
  if (bearer === world.app.appBearer) return refuse("unsupported_auth");
  const user = bearer === null ? null : world.grants.identify(bearer, now);
  if (user === null) return refuse("unauthorized");
  const spent = world.limits.spend(user.account, endpoint, now);
  const call = { world, request, params, account: user.account, now };
  const reply = !spent.allowed
    ? refuse("rate_limited")
    : (refusalOf(world, route, user.scopes) ?? (await route.api(call)));
  return world.settings.rateLimitHeaders ? withHeaders(reply, spent.headers) : reply;
}

function refusalOf(world: World, route: Extract<Route, { api: ApiHandler }>, scopes: readonly string[]): Reply | null {
  if (!route.scopes.every((scope) => scopes.includes(scope))) return refuse("forbidden_bare");
  const capped = world.billing.spendCapUntil;
  if (capped !== null) return answer(spendCapReached(capped));
  return world.billing.depleted && route.free !== true ? refuse("credits_depleted") : null;
}

/** Finds the route; what has none still counts under its method and path. */
function destinationOf({ method, path }: SandboxRequest): Destination {
  for (const route of ROUTES) {
    const params = route.method === method ? paramsOf(route.template, path) : null;
    if (params !== null) return { route, template: route.template, endpoint: `${method} ${route.template}`, params };
  }
  return { route: null, template: path, endpoint: `${method} ${path}`, params: {} };
}

function paramsOf(template: string, path: string): Record<string, string> | null {
  const wanted = template.split("/");
  const found = path.split("/");
  if (wanted.length !== found.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = found[index] ?? "";
    if (part.startsWith(":") && value !== "") params[part.slice(1)] = value;
    else if (part !== value) return null;
  }
  return params;
}

function bearerOf(request: SandboxRequest): string | null {
  return /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

function whoIs(world: World, request: SandboxRequest): string | null {
  const bearer = bearerOf(request);
  return bearer === null ? null : (world.grants.identify(bearer, world.now())?.account.handle ?? null);
}

/** Problem types carry the host that the settings name; the rest of the body is left alone. */
function worded(reply: Reply, { settings }: World): Reply {
  const body = reply.body.replaceAll(
    /https:\/\/api\.(?:x|twitter)\.com\/2\/problems/g,
    `https://${settings.problemHost}/2/problems`,
  );
  return { ...reply, body };
}

function createdId(reply: Reply): string | null {
  const parsed = parseJson(reply.body);
  const data = parsed.ok && isRecord(parsed.value) ? parsed.value["data"] : undefined;
  return isRecord(data) && typeof data["id"] === "string" ? data["id"] : null;
}

function answeredWith(outcome: Outcome): Attempt["answered"] {
  return outcome === "dropped" ? "dropped" : outcome.status;
}
