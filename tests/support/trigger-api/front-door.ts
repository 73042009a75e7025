import { json, type Reply, type SandboxRequest, withHeaders } from "../../../src/sandbox/http.ts";
import type { FaultBook, Outcome } from "../../../src/sandbox/world/faults.ts";
import { noAuthorization, rateHeaders, refuse, tooManyRequests } from "./answers.ts";
import type { Environment } from "./environment.ts";
import type { RateLimit } from "./rate-limit.ts";
import { ROUTES, type Route } from "./routes.ts";
import type { RunBook } from "./run-book.ts";
import type { RunList } from "./run-list.ts";

export interface House {
  readonly environments: readonly Environment[];
  readonly book: RunBook;
  readonly list: RunList;
  readonly faults: FaultBook;
  readonly rateLimit: RateLimit;
}

export interface Passage {
  readonly outcome: Outcome;
  /** The template of the route that it reached; null for a path that is not here. */
  readonly route: string | null;
  /** The kind of the fault that struck. */
  readonly fault: string | null;
}

/** The way of every request: the fault that is scripted for it, the rate limit, the key, its route. */
export async function pass(house: House, request: SandboxRequest): Promise<Passage> {
  const found = routeOf(request);
  const template = found?.route.template ?? null;
  const fault = house.faults.take(request, template ?? request.path);
  const work = async (): Promise<Reply> => admitted(house, request, found);
  const outcome = fault === null ? await work() : await house.faults.strike(fault, work);
  return { outcome, route: template, fault: fault?.fault.action.kind ?? null };
}

export interface Found {
  readonly route: Route;
  readonly names: Readonly<Record<string, string>>;
}

function admitted(house: House, request: SandboxRequest, found: Found | null): Reply {
  const authorization = request.headers.get("authorization");
  if (authorization === null || authorization === "") return noAuthorization();
  const now = house.book.now();
  const limit = house.rateLimit.take(authorization, now);
  const reply = limit.allowed ? opened(house, request, found, authorization) : tooManyRequests(limit, now);
  return withHeaders(reply, rateHeaders(limit));
}

function opened(house: House, request: SandboxRequest, found: Found | null, authorization: string): Reply {
  if (found === null) {
    return json(404, { error: `The stand-in has no ${request.method} ${request.path}: it was not needed so far.` });
  }
  const { route, names } = found;
  const env = house.environments.find(({ secretKey }) => authorization === `Bearer ${secretKey}`);
  if (env === undefined) return refuse({ status: 401, error: route.wrongKey });
  const { book, list } = house;
  return route.handle({ env, request, book, list, id: names["id"] ?? "", slug: names["slug"] ?? "" });
}

/** The route of a request; null where there is none. */
export function routeOf(request: { readonly method: string; readonly path: string }): Found | null {
  for (const route of ROUTES) {
    const names = route.method === request.method ? namesIn(route.template, request.path) : null;
    if (names !== null) return { route, names };
  }
  return null;
}

/** What stands in the places of a template, such as `:id`; null where the path is another one. */
function namesIn(template: string, path: string): Record<string, string> | null {
  const [wanted, given] = [template.split("/"), path.split("/")];
  if (wanted.length !== given.length) return null;
  const names: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) names[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return names;
}
