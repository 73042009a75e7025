import type { Config } from "../config/load.ts";
import { PsnError } from "../core/errors.ts";
import { createXClient, type XClient } from "../platforms/x/client.ts";
import { createXOAuth, type XOAuth } from "../platforms/x/oauth.ts";

/** X as the configuration names it: x.com, the sandbox, or a test. */
export function xClientFor(config: Config): XClient {
  return createXClient({ apiUrl: config.x.apiUrl, fetch: (url, init) => fetch(url, init), now: () => new Date() });
}

export function xOAuthFor(config: Config): XOAuth {
  const { clientId, clientSecret, callbackUrl, apiUrl, authorizeUrl } = config.x;
  if (clientId === undefined) throw noApp();
  return createXOAuth({
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    callbackUrl,
    apiUrl,
    authorizeUrl,
    now: () => new Date(),
  });
}

const noApp = () =>
  new PsnError("not_set_up", "psn does not know your X app yet: X_CLIENT_ID is not set.", {
    next: "psn setup x-app",
  });
