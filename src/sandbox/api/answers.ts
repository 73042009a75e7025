import { type CatalogueEntry, PROBLEM, X_ERRORS, type XErrorName } from "../catalogue.ts";
import { JSON_TYPE, json, type Reply } from "../http.ts";

export function answer(entry: CatalogueEntry): Reply {
  return { status: entry.status, headers: { "content-type": entry.contentType }, body: entry.body };
}

/** X's refusal of this name, word for word. */
export function refuse(name: XErrorName): Reply {
  return answer(X_ERRORS[name]);
}

/** One thing that is wrong with a request: X's sentence, and the parameters that it blames. */
export interface Complaint {
  readonly message: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

/** X's 400, which names every parameter that is wrong. */
export function invalidRequest(complaints: readonly Complaint[]): Reply {
  return json(
    400,
    {
      errors: complaints,
      title: "Invalid Request",
      detail: "One or more parameters to your request was invalid.",
      type: `${PROBLEM}/invalid-request`,
    },
    JSON_TYPE,
  );
}

/** X's answer for a resource that is not there: 200, with `errors` and without `data`. */
export function notFoundIn200(resource: "tweet" | "user", parameter: string, id: string): Reply {
  return json(200, {
    errors: [
      {
        value: id,
        detail: `Could not find ${resource} with ${parameter}: [${id}].`,
        title: "Not Found Error",
        resource_type: resource,
        parameter,
        resource_id: id,
        type: `${PROBLEM}/resource-not-found`,
      },
    ],
  });
}
