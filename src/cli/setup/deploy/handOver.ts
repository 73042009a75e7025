import type { Config } from "../../../config/load.ts";
import { revealed, type Secret } from "../../../core/secret.ts";
import { variablesFrom } from "../../../trigger/support/variables.ts";
import type { Link } from "./link.ts";

type Values = Readonly<Record<string, string | Secret | undefined>>;

/** What any program needs of the surroundings: where things are, the way to the network, how to speak. */
const SURROUNDINGS =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|LANG|LC_\w+|TZ|CI|XDG_\w+|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|DOCKER_\w+|BUILDX_\w+)$/;

/**
 * The environment of the Trigger.dev CLI: `token` opens the platform, and trigger.config.ts picks the variables of the
 * worker out of the rest. Of psn's settings and of the person's shell nothing else is in it.
 */
export function deployEnvironment(
  config: Config,
  link: Link,
  token: Secret,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const { databaseUrl, encryptionKey, x, timezone } = config;
  return {
    ...withValues(Object.fromEntries(Object.entries(env).filter(([name]) => SURROUNDINGS.test(name)))),
    ...withValues({
      DATABASE_URL: databaseUrl,
      PSN_ENCRYPTION_KEY: encryptionKey,
      X_CLIENT_ID: x.clientId,
      X_CLIENT_SECRET: x.clientSecret,
      X_CALLBACK_URL: x.callbackUrl,
      X_API_URL: x.apiUrl,
      PSN_TIMEZONE: timezone,
      PSN_ENGINE: "trigger",
      TRIGGER_PROJECT_REF: link.projectRef,
      TRIGGER_API_URL: link.apiUrl,
      TRIGGER_ACCESS_TOKEN: token,
    }),
  };
}

/** The names of the variables that the worker gets out of such an environment. */
export const handedOver = (env: Readonly<Record<string, string>>): string[] =>
  variablesFrom(env).map(({ name }) => name);

function withValues(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, revealed(value)]])),
  );
}
