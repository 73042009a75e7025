import type { Config } from "../../../config/load.ts";
import type { Secret } from "../../../core/secret.ts";

const HIDDEN = "[secret]";
/** Anything shorter would tear holes into ordinary words. */
const SHORTEST = 6;

/** Takes every secret of psn's out of a text, as it is and as URLs and headers write it. */
export function redactor({ databaseUrl, encryptionKey, x, trigger }: Config, more: readonly Secret[] = []) {
  const whole = [databaseUrl, encryptionKey, x.clientSecret, trigger.secretKey, ...more].flatMap((secret) =>
    secret === undefined ? [] : [secret.reveal()],
  );
  const keys = encryptionKey?.reveal().match(/[\w-]{43}/g) ?? [];
  const values = [...whole, ...keys, ...passwordsOf(databaseUrl)].flatMap(formsOf);
  // The longest first: a secret may hold another one.
  const found = [...new Set(values)].filter(({ length }) => length >= SHORTEST).toSorted((a, b) => b.length - a.length);
  return (text: string): string => found.reduce((rest, value) => rest.replaceAll(value, HIDDEN), text);
}

function passwordsOf(databaseUrl: Secret | undefined): string[] {
  if (databaseUrl === undefined) return [];
  const { password } = new URL(databaseUrl.reveal());
  return [password, decodeURIComponent(password)];
}

const formsOf = (value: string): string[] => [
  value,
  encodeURIComponent(value),
  Buffer.from(value).toString("base64").replace(/=+$/, ""),
  Buffer.from(value).toString("base64url"),
];
