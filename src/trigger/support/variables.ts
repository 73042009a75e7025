import type { SettingName } from "../../config/settings.ts";

/**
 * What a deployed worker is given, and whether the platform may show it again. Where the platform is, and its keys, it
 * tells by itself. This file is read by the platform's CLI, whose loader can't load zod: it imports types alone.
 */
const GIVEN = {
  DATABASE_URL: "secret",
  PSN_ENCRYPTION_KEY: "secret",
  X_CLIENT_SECRET: "secret",
  X_CLIENT_ID: "plain",
  X_CALLBACK_URL: "plain",
  X_API_URL: "plain",
  PSN_TIMEZONE: "plain",
  PSN_SETTLE_SECONDS: "plain",
} as const satisfies Partial<Record<SettingName, "secret" | "plain">>;

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly isSecret: boolean;
}

/** The variables of a deploy, out of the environment that it is made in; what is empty there is left out. */
export function variablesFrom(env: Readonly<Record<string, string | undefined>>): Variable[] {
  const given = Object.entries(GIVEN).flatMap(([name, place]): Variable[] => {
    const value = env[name]?.trim() ?? "";
    return value === "" ? [] : [{ name, value, isSecret: place === "secret" }];
  });
  return [...given, { name: "PSN_ENGINE", value: "trigger", isSecret: false }];
}
