import { type Config, loadConfig } from "../../../config/load.ts";
import { SETTINGS, type SettingName } from "../../../config/settings.ts";
import { PsnError } from "../../../core/errors.ts";
import type { ServiceProgram } from "./program.ts";

/** The settings that decide what a worker does, and how to compare two configurations by them. */
const NEEDED = {
  DATABASE_URL: (config) => config.databaseUrl?.reveal(),
  PSN_ENCRYPTION_KEY: (config) => config.encryptionKey?.reveal(),
  X_CLIENT_ID: (config) => config.x.clientId,
  X_CLIENT_SECRET: (config) => config.x.clientSecret?.reveal(),
  X_API_URL: (config) => config.x.apiUrl,
  PSN_ENGINE: (config) => config.engine,
  PSN_SETTLE_SECONDS: (config) => config.settleMs,
} as const satisfies Partial<Record<SettingName, (config: Config) => string | number | undefined>>;

/**
 * Refuses when this environment gives a setting that the service, which has its files alone, would not have or
 * have otherwise: it would publish to another database or another X, or not at all. Throws PsnError
 * `not_set_up`, naming the settings and the files that they belong into.
 */
export function checkSettings(config: Config, { env }: ServiceProgram): void {
  const alone = loadConfig({ env, home: env.HOME, cwd: "/" });
  const names = Object.keys(NEEDED).filter((name): name is keyof typeof NEEDED => name in NEEDED);
  const missing = names.filter((name) => NEEDED[name](config) !== NEEDED[name](alone));
  if (missing.length > 0) throw givenHereAlone(missing, config);
}

function givenHereAlone(names: readonly SettingName[], { hubFile, secretsFile }: Config): PsnError {
  const belongs = (place: "secret" | "plain") => names.filter((name) => SETTINGS[name].place === place);
  const parts = [
    { names: belongs("secret"), file: secretsFile },
    { names: belongs("plain"), file: hubFile },
  ].filter((part) => part.names.length > 0);
  const told = parts.map((part) => `${part.names.join(", ")} into ${part.file}`).join(" and ");
  const given = names.length === 1 ? "is given" : "are given";
  return new PsnError(
    "not_set_up",
    `${names.join(", ")} ${given} by the environment, which a service does not have, and not alike in psn's files.`,
    { next: `put ${told}, then: psn worker install`, details: { settings: names } },
  );
}
