import { invalidRequest } from "../api/answers.ts";
import type { ApiCall } from "../api/api-call.ts";
import { userReadRules, vocabularyOf } from "../api/fields.ts";
import { complaintsAboutQuery, listOf } from "../api/query.ts";
import { userObject } from "../api/user-view.ts";
import { json, type Reply } from "../http.ts";
import { PRICE } from "../world/billing.ts";

/** `GET /2/users/me`: whose token this is. */
export function readMe({ world, request, account, now }: ApiCall): Reply {
  const { query } = request;
  const complaints = complaintsAboutQuery(query, userReadRules(vocabularyOf(query, world.settings.vocabulary)));
  if (complaints.length > 0) return invalidRequest(complaints);
  world.billing.chargeReads([`user ${account.id}`], PRICE.userRead, now);
  return json(200, { data: userObject(account, listOf(query, "user.fields")) });
}
