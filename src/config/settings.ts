import { z } from "zod";
import { knowsZone } from "../core/time/fields.ts";

export type Origin = "environment" | "config/hub.env" | "secrets.env" | "default" | "unset";

interface Setting {
  /** Where it belongs: `plain` in config/hub.env, `secret` in the user's secrets file, `env` in the environment alone. */
  readonly place: "plain" | "secret" | "env";
  readonly schema: z.ZodType<string>;
  /** What the error says was expected. */
  readonly expected: string;
  readonly default?: string;
}

const url = (protocols: RegExp) => z.string().refine((v) => URL.canParse(v) && protocols.test(new URL(v).protocol));
/** User and password are percent-encoded; drivers decode them, and fail where that can't be done. */
const databaseUrl = url(/^postgres(ql)?:$/).refine((value) => {
  try {
    return decodeURIComponent(value) !== "";
  } catch {
    return false;
  }
});
const zone = z.string().refine(knowsZone);
/** One key or several, each `v<number>:<43 characters of base64url>`: the last is the one that encrypts. */
const encryptionKey = z.string().regex(/^v[1-9][0-9]*:[A-Za-z0-9_-]{43}(,v[1-9][0-9]*:[A-Za-z0-9_-]{43})*$/);
const anyText = z.string().min(1);
const seconds = z.string().regex(/^[0-9]{1,6}$/);

/** Every setting that psn reads. `config/hub.env.example` explains them to people; a test keeps the two together. */
export const SETTINGS = {
  PSN_TIMEZONE: { place: "plain", schema: zone, expected: "an IANA time zone such as Europe/Madrid" },
  X_CLIENT_ID: { place: "plain", schema: z.string().regex(/^\S+$/), expected: "the OAuth 2.0 client id of your X app" },
  X_CALLBACK_URL: {
    place: "plain",
    schema: url(/^https?:$/),
    expected: "the callback URL that is registered at X",
    default: "http://127.0.0.1:8787/callback",
  },
  X_API_URL: { place: "plain", schema: url(/^https?:$/), expected: "an http(s) URL", default: "https://api.x.com" },
  X_AUTHORIZE_URL: {
    place: "plain",
    schema: url(/^https?:$/),
    expected: "an http(s) URL",
    default: "https://x.com/i/oauth2/authorize",
  },
  TRIGGER_PROJECT_REF: { place: "plain", schema: z.string().regex(/^proj_\w+$/), expected: "a project ref: proj_…" },
  TRIGGER_API_URL: {
    place: "plain",
    schema: url(/^https?:$/),
    expected: "an http(s) URL",
    default: "https://api.trigger.dev",
  },
  PSN_ENGINE: { place: "plain", schema: z.enum(["trigger", "local"]), expected: "trigger or local" },
  PSN_ENCRYPTION_KEY: { place: "secret", schema: encryptionKey, expected: "v1:<43 characters of base64url>" },
  X_CLIENT_SECRET: { place: "secret", schema: z.string().regex(/^\S+$/), expected: "the client secret of your X app" },
  TRIGGER_SECRET_KEY: { place: "secret", schema: z.string().regex(/^tr_\S+$/), expected: "a Trigger.dev key: tr_…" },
  DATABASE_URL: { place: "secret", schema: databaseUrl, expected: "a postgres:// URL" },
  PSN_STATE_DIR: { place: "env", schema: anyText, expected: "a folder" },
  PSN_CONFIG_DIR: { place: "env", schema: anyText, expected: "a folder" },
  PSN_IDLE_SECONDS: {
    place: "plain",
    schema: seconds,
    expected: "a number of seconds",
    default: "600",
  },
  PSN_SETTLE_SECONDS: {
    place: "plain",
    schema: seconds,
    expected: "a number of seconds",
    default: "15",
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS).filter((key): key is SettingName => key in SETTINGS);
