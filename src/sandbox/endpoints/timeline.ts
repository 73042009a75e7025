import { type Complaint, invalidRequest, notFoundIn200 } from "../api/answers.ts";
import type { ApiCall } from "../api/api-call.ts";
import { tweetReadRules, vocabularyOf } from "../api/fields.ts";
import { complaintsAboutQuery, listOf, type QueryRules } from "../api/query.ts";
import { includesOf, tweetObject, wishOf } from "../api/tweet-view.ts";
import { json, type Reply } from "../http.ts";
import { PRICE } from "../world/billing.ts";
import { compareIds, firstIdAt } from "../world/ids.ts";
import type { StoredTweet } from "../world/tweets.ts";
import type { World } from "../world/world.ts";

const RANGE_RULES: QueryRules = {
  since_id: { kind: "id" },
  until_id: { kind: "id" },
  max_results: { kind: "count", min: 5, max: 100 },
  pagination_token: { kind: "token" },
  exclude: { kind: "list", values: ["replies", "retweets"] },
  start_time: { kind: "time" },
  end_time: { kind: "time" },
};
const DEFAULT_RESULTS = 10;

/** `GET /2/users/:id/tweets`: newest first, in pages. What is new shows up late when the settings say so. */
export function readTimeline({ world, request, params, account, now }: ApiCall): Reply {
  const { query } = request;
  const vocabulary = vocabularyOf(query, world.settings.vocabulary);
  const complaints = complaintsAboutQuery(query, { ...RANGE_RULES, ...tweetReadRules(vocabulary) });
  const page = pageFrom(query.get("pagination_token"));
  if (complaints.length === 0) complaints.push(...complaintsAboutRange(query), ...page.complaints);
  if (complaints.length > 0) return invalidRequest(complaints);

  const id = params["id"] ?? "";
  const owner = world.accounts.withId(id);
  if (owner === undefined || owner.suspended) return notFoundIn200("user", "id", id);

  const visible = world.tweets.timeline(owner).filter((tweet) => isVisible(tweet, world, now));
  world.tweets.timelineReads += 1;
  const matching = visible.filter((tweet) => isInRange(tweet, query));
  const rest =
    page.before === null ? matching : matching.filter((tweet) => compareIds(tweet.id, page.before ?? "0") < 0);
  const size = Number(query.get("max_results") ?? DEFAULT_RESULTS);
  const shown = rest.slice(0, size);
  const price = owner === account ? PRICE.ownPostRead : PRICE.postRead;
  world.billing.chargeReads(
    shown.map((tweet) => `tweet ${tweet.id}`),
    price,
    now,
  );
  if (shown.length === 0) return json(200, { meta: { result_count: 0 } });

  const wish = wishOf(query, vocabulary);
  const last = shown.at(-1);
  return json(200, {
    data: shown.map((tweet) => tweetObject(tweet, wish)),
    includes: includesOf(shown, wish),
    meta: {
      result_count: shown.length,
      newest_id: shown[0]?.id,
      oldest_id: last?.id,
      next_token: rest.length > size && last !== undefined ? pageToken(last.id) : undefined,
    },
  });
}

/** Read-after-write lag: a tweet must be old enough, and have been missed by enough reads. */
function isVisible(tweet: StoredTweet, world: World, now: Date): boolean {
  const { readLagMs, readLagReads } = world.settings;
  return (
    now.getTime() - tweet.createdAt.getTime() >= readLagMs &&
    world.tweets.timelineReads - tweet.readsBefore >= readLagReads
  );
}

/** An id takes precedence over the time at the same end (X, GET /2/users/:id/tweets). */
function isInRange(tweet: StoredTweet, query: URLSearchParams): boolean {
  const excluded = listOf(query, "exclude");
  if (excluded.includes("replies") && tweet.parent !== null) return false;
  const id = BigInt(tweet.id);
  const sinceId = query.get("since_id");
  const startTime = query.get("start_time");
  if (sinceId !== null ? id <= BigInt(sinceId) : startTime !== null && id < firstIdAt(new Date(startTime)))
    return false;
  const untilId = query.get("until_id");
  const endTime = query.get("end_time");
  return untilId !== null ? id < BigInt(untilId) : endTime === null || id < firstIdAt(new Date(endTime));
}

function complaintsAboutRange(query: URLSearchParams): Complaint[] {
  const start = query.get("start_time");
  const end = query.get("end_time");
  const complaints: Complaint[] = [];
  if (start !== null && Date.parse(start) < Date.parse("2010-11-06T00:00:00Z")) {
    const message = `Invalid 'start_time':'${start}'. 'start_time' must be on or after 2010-11-06T00:00Z.`;
    complaints.push({ parameters: { start_time: [start] }, message });
  }
  if (start !== null && end !== null && Date.parse(start) >= Date.parse(end)) {
    const message = `Invalid 'start_time':'${start}'. 'start_time' must be before 'end_time'.`;
    complaints.push({ parameters: { start_time: [start], end_time: [end] }, message });
  }
  return complaints;
}

/** A page begins below the last id of the one before; to the caller the token is opaque. */
function pageToken(lastId: string): string {
  return `b26v89c19zqg8o3f${BigInt(lastId).toString(32)}`;
}

function pageFrom(token: string | null): { before: string | null; complaints: Complaint[] } {
  if (token === null) return { before: null, complaints: [] };
  const digits = /^b26v89c19zqg8o3f([0-9a-v]{1,14})$/.exec(token)?.[1];
  if (digits === undefined) {
    const message = `The \`pagination_token\` query parameter value [${token}] is not valid`;
    return { before: null, complaints: [{ parameters: { pagination_token: [token] }, message }] };
  }
  let id = 0n;
  for (const digit of digits) id = id * 32n + BigInt(Number.parseInt(digit, 32));
  return { before: id.toString(), complaints: [] };
}
