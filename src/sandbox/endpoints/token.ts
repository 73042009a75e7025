import { answer } from "../api/answers.ts";
import { missingParameter, spendCapReached, TOKEN_ERRORS, type TokenErrorName } from "../catalogue.ts";
import { formFields, json, type Reply, type SandboxRequest } from "../http.ts";
import type { IssuedTokens } from "../world/grants.ts";
import type { World } from "../world/world.ts";

const TOKEN_TYPE = "application/json;charset=utf-8";

/** `POST /2/oauth2/token`: a code or a refresh token for a new pair. */
export function issueToken(world: World, request: SandboxRequest): Reply {
  const form = formFields(request);
  const trouble = troubleWithClient(world, request, form);
  if (trouble !== null) return trouble;
  const capped = world.billing.spendCapUntil;
  if (capped !== null) return answer(spendCapReached(capped));
  switch (form.get("grant_type")) {
    case "authorization_code":
      return exchange(world, form);
    case "refresh_token":
      return refresh(world, form);
    case null:
      return answer(missingParameter("grant_type"));
    default:
      return refuse("grant_type_invalid");
  }
}

/** `POST /2/oauth2/revoke`: also for a token that X does not know. */
export function revokeToken(world: World, request: SandboxRequest): Reply {
  const form = formFields(request);
  const trouble = troubleWithClient(world, request, form);
  if (trouble !== null) return trouble;
  const token = form.get("token");
  if (token === null) return answer(missingParameter("token"));
  world.grants.revoke(token);
  return json(200, { revoked: true }, TOKEN_TYPE);
}

function exchange(world: World, form: URLSearchParams): Reply {
  const names = ["code", "redirect_uri", "code_verifier"] as const;
  const missing = names.find((name) => !form.get(name));
  if (missing !== undefined) return answer(missingParameter(missing));
  const [code = "", redirectUri = "", verifier = ""] = names.map((name) => form.get(name) ?? "");
  const result = world.grants.exchange(code, redirectUri, verifier, world.now());
  if ("issued" in result) return tokens(result.issued);
  switch (result.refused) {
    case "code":
      return refuse("code_invalid");
    case "redirect":
      return refuse("redirect_mismatch");
    case "verifier":
      return refuse("verifier_invalid");
    default:
      return result.refused satisfies never;
  }
}

function refresh(world: World, form: URLSearchParams): Reply {
  const token = form.get("refresh_token");
  if (token === null || token === "") return answer(missingParameter("refresh_token"));
  const issued = world.grants.refresh(token, world.now());
  return issued === null ? refuse("token_invalid") : tokens(issued);
}

/**
 * A confidential client shows its id and secret as Basic, and never in the body; a public one has no secret
 * and names itself in the body. X answers a wrong secret and a missing header alike.
 */
function troubleWithClient({ app, settings }: World, request: SandboxRequest, form: URLSearchParams): Reply | null {
  const authorization = request.headers.get("authorization");
  const named = form.get("client_id");
  if (app.clientSecret === null) {
    if (authorization !== null) return refuse("unauthorized_client");
    if (named === null) return refuse("client_id_missing");
    return named === app.clientId ? null : refuse("invalid_client");
  }
  const basic = credentials(authorization);
  if (basic === null) return refuse("unauthorized_client");
  if (basic.id !== app.clientId) return refuse("invalid_client");
  if (basic.secret !== app.clientSecret) return refuse("unauthorized_client");
  if (named === null) return settings.clientIdInBody === "required" ? refuse("client_id_missing") : null;
  return named === app.clientId ? null : refuse("invalid_client_400");
}

function credentials(authorization: string | null): { id: string; secret: string } | null {
  const encoded = /^Basic ([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  const [id, ...secret] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return id === undefined ? null : { id, secret: secret.join(":") };
}

function tokens(issued: IssuedTokens): Reply {
  return json(
    200,
    {
      token_type: "bearer",
      expires_in: issued.expiresInSecs,
      access_token: issued.accessToken,
      scope: issued.scopes.join(" "),
      refresh_token: issued.refreshToken ?? undefined,
    },
    TOKEN_TYPE,
  );
}

function refuse(name: TokenErrorName): Reply {
  return answer(TOKEN_ERRORS[name]);
}
