import { ArcticFetchError, OAuth2RequestError, OAuth2Tokens, UnexpectedResponseError } from "arctic";

/** What a token request carries besides who asks: `grant_type` and what belongs to it. */
export type TokenRequestBody = Readonly<Record<string, string>>;

/**
 * A token request that names the client in its body besides the Basic header, which arctic can't make. X was seen to
 * refuse requests with the header alone as "Missing required parameter [client_id]". Throws what arctic throws.
 */
export async function requestTokens(
  endpoint: string,
  client: { readonly id: string; readonly secret: string },
  body: TokenRequestBody,
): Promise<OAuth2Tokens> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      Accept: "application/json",
      Authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}`,
      "Content-Type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ ...body, client_id: client.id }).toString(),
  }).catch((cause: unknown) => {
    throw new ArcticFetchError(cause);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!isObject(answer)) throw new UnexpectedResponseError(response.status);
  if (response.status === 200) return new OAuth2Tokens(answer);
  const { error, error_description: description } = answer;
  if ((response.status !== 400 && response.status !== 401) || typeof error !== "string") {
    throw new UnexpectedResponseError(response.status);
  }
  throw new OAuth2RequestError(error, typeof description === "string" ? description : null, null, null);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
