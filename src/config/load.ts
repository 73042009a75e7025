import { readFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { Secret } from "../core/secret.ts";
import { packageFolder } from "../files/package.ts";
import { unreadableConfig, wrongSetting } from "./errors.ts";
import { type Origin, SETTING_NAMES, SETTINGS, type SettingName } from "./settings.ts";

export interface Config {
  readonly stateDir: string;
  readonly configDir: string;
  readonly hubFile: string;
  readonly secretsFile: string;
  readonly timezone: string | undefined;
  readonly x: {
    readonly clientId: string | undefined;
    readonly clientSecret: Secret | undefined;
    readonly callbackUrl: string;
    readonly apiUrl: string;
    readonly authorizeUrl: string;
  };
  readonly databaseUrl: Secret | undefined;
  readonly encryptionKey: Secret | undefined;
  readonly engine: "local" | "trigger";
  readonly trigger: {
    readonly projectRef: string | undefined;
    readonly secretKey: Secret | undefined;
    readonly apiUrl: string;
  };
  /** How long the local worker and the embedded server stay up with nothing to do. */
  readonly idleMs: number;
  /** How long psn waits before it asks X's timeline about an unanswered tweet. */
  readonly settleMs: number;
  readonly origins: Readonly<Record<SettingName, Origin>>;
  /** Sentences for stderr, such as a secret that lies in the wrong file. */
  readonly warnings: readonly string[];
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly cwd: string;
}

/** Reads every setting once: environment, then config/hub.env, then the user's secrets file, then the default. */
export function loadConfig({ env, home, cwd }: Surroundings): Config {
  const folder = (name: "PSN_STATE_DIR" | "PSN_CONFIG_DIR", fallback: string) => {
    const given = env[name];
    if (given === undefined || given === "") return join(packageFolder(), fallback);
    return isAbsolute(given) ? given : resolve(cwd, given);
  };
  const stateDir = folder("PSN_STATE_DIR", ".psn");
  const configDir = folder("PSN_CONFIG_DIR", "config");
  const hubFile = join(configDir, "hub.env");
  const secretsFile = join(userConfigDir(env["XDG_CONFIG_HOME"], home), "psn", "secrets.env");
  const hub = readEnvFile(hubFile);
  const secrets = readEnvFile(secretsFile);

  const warnings: string[] = [];
  const origins = Object.fromEntries(SETTING_NAMES.map((name) => [name, "unset"])) as Record<SettingName, Origin>;
  const value = (name: SettingName): string | undefined => {
    const setting = SETTINGS[name];
    const places = [
      { origin: "environment", from: env, label: "the environment" },
      { origin: "config/hub.env", from: hub, label: hubFile },
      { origin: "secrets.env", from: secrets, label: secretsFile },
    ] as const;
    for (const { origin, from, label } of places) {
      // Editors and shells leave white space behind; X refuses a secret that ends in a newline.
      const text = from[name]?.trim();
      if (text === undefined || text === "") continue;
      const secret = setting.place === "secret";
      if (!setting.schema.safeParse(text).success) {
        throw wrongSetting({ place: label, key: name, expected: setting.expected, ...(secret ? {} : { shown: text }) });
      }
      if (secret && origin === "config/hub.env") {
        warnings.push(`${name} lies in ${hubFile}; move it to ${secretsFile}, which nothing in the project reads.`);
      }
      origins[name] = origin;
      return text;
    }
    if ("default" in setting) {
      origins[name] = "default";
      return setting.default;
    }
    return undefined;
  };
  const required = (name: SettingName): string => value(name) ?? "";
  const secret = (name: SettingName): Secret | undefined => {
    const text = value(name);
    return text === undefined ? undefined : new Secret(text);
  };

  value("PSN_STATE_DIR");
  value("PSN_CONFIG_DIR");
  const triggerKey = secret("TRIGGER_SECRET_KEY");
  const engine = value("PSN_ENGINE");
  return {
    stateDir,
    configDir,
    hubFile,
    secretsFile,
    timezone: value("PSN_TIMEZONE"),
    x: {
      clientId: value("X_CLIENT_ID"),
      clientSecret: secret("X_CLIENT_SECRET"),
      callbackUrl: required("X_CALLBACK_URL"),
      apiUrl: required("X_API_URL").replace(/\/+$/, ""),
      authorizeUrl: required("X_AUTHORIZE_URL"),
    },
    databaseUrl: secret("DATABASE_URL"),
    encryptionKey: secret("PSN_ENCRYPTION_KEY"),
    engine: engine === "trigger" || engine === "local" ? engine : triggerKey === undefined ? "local" : "trigger",
    trigger: {
      projectRef: value("TRIGGER_PROJECT_REF"),
      secretKey: triggerKey,
      apiUrl: required("TRIGGER_API_URL").replace(/\/+$/, ""),
    },
    idleMs: Number(required("PSN_IDLE_SECONDS")) * 1000,
    settleMs: Number(required("PSN_SETTLE_SECONDS")) * 1000,
    origins,
    warnings,
  };
}

/** A relative path is none (XDG Base Directory 0.8): it would lead into whatever project psn is called from. */
const userConfigDir = (xdg: string | undefined, home: string) =>
  xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".config");

export function readEnvFile(path: string): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return {};
    throw unreadableConfig(path, error);
  }
}
