import { invalidRequest, notFoundIn200, refuse } from "../api/answers.ts";
import type { ApiCall } from "../api/api-call.ts";
import { tweetReadRules, vocabularyOf } from "../api/fields.ts";
import { complaintsAboutQuery, ID_PATTERN } from "../api/query.ts";
import { includesOf, tweetObject, wishOf } from "../api/tweet-view.ts";
import { json, type Reply } from "../http.ts";
import { PRICE } from "../world/billing.ts";

/** `GET /2/tweets/:id`. What is missing is a 200 with `errors`. */
export function readTweet({ world, request, params, account, now }: ApiCall): Reply {
  const id = params["id"] ?? "";
  const vocabulary = vocabularyOf(request.query, world.settings.vocabulary);
  const complaints = [...complaintsAboutId(id), ...complaintsAboutQuery(request.query, tweetReadRules(vocabulary))];
  if (complaints.length > 0) return invalidRequest(complaints);
  const tweet = world.tweets.findLiving(id);
  if (tweet === undefined) return notFoundIn200("tweet", "id", id);
  const wish = wishOf(request.query, vocabulary);
  const price = tweet.account === account ? PRICE.ownPostRead : PRICE.postRead;
  world.billing.chargeReads([`tweet ${id}`], price, now);
  return json(200, { data: tweetObject(tweet, wish), includes: includesOf([tweet], wish) });
}

/** `DELETE /2/tweets/:id`: own tweets only. Replies to it stay up. */
export function deleteTweet({ world, params, account }: ApiCall): Reply {
  const id = params["id"] ?? "";
  const complaints = complaintsAboutId(id);
  if (complaints.length > 0) return invalidRequest(complaints);
  const tweet = world.tweets.findLiving(id);
  if (tweet === undefined) {
    return world.settings.missingDelete === "not_found" ? refuse("not_found") : json(200, { data: { deleted: false } });
  }
  if (tweet.account !== account) return refuse("delete_not_yours");
  world.tweets.delete(tweet);
  world.billing.charge(PRICE.delete);
  return json(200, { data: { deleted: true } });
}

function complaintsAboutId(id: string) {
  if (ID_PATTERN.test(id)) return [];
  return [{ parameters: { id: [id] }, message: `The \`id\` query parameter value [${id}] is not valid` }];
}
