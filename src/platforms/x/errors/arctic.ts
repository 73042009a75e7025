import {
  ArcticFetchError,
  OAuth2RequestError,
  UnexpectedErrorResponseBodyError,
  UnexpectedResponseError,
} from "arctic";
import { networkCode, reachOf } from "./network.ts";
import { type OAuthFailure, type OAuthStep, oauthFailure, outage } from "./oauth.ts";

/**
 * What arctic threw, as a failure. It keeps code and description of a 400 or 401 in OAuth form; of everything else
 * only the status is left.
 */
export function failureOfArctic(step: OAuthStep, error: unknown): OAuthFailure {
  if (error instanceof OAuth2RequestError) {
    // arctic does not say whether it was 400 or 401; the code and the description decide.
    const { code, description } = error;
    return oauthFailure({ step, error: code, ...(description === null ? {} : { description }) });
  }
  if (error instanceof UnexpectedResponseError || error instanceof UnexpectedErrorResponseBodyError) {
    // 200 and unreadable: X may have traded the token, and nobody has the new one.
    return error.status === 200 ? outage(true, { status: 200 }) : oauthFailure({ step, status: error.status });
  }
  const cause = error instanceof ArcticFetchError ? error.cause : error;
  const detail = networkCode(cause);
  return outage(reachOf(cause) === "unknown", detail === undefined ? {} : { detail });
}
