import { createHash, randomBytes } from "node:crypto";
import { PsnError } from "../core/errors.ts";
import { Secret } from "../core/secret.ts";

/** The encryption keys at hand. `newest` encrypts; the others only open what they once closed. */
export interface Keyring {
  readonly newest: number;
  readonly keys: ReadonlyMap<number, Uint8Array>;
}

/** Makes the text of a new key: `v1:<32 random bytes as base64url>`. */
export function makeKey(version = 1): Secret {
  return new Secret(`v${version}:${randomBytes(32).toString("base64url")}`);
}

/** Reads `v1:…` or `v1:…,v2:…`. */
export function parseKeyring(text: Secret): Keyring {
  const keys = new Map<number, Uint8Array>();
  for (const part of text.reveal().split(",")) {
    const [, version, body] = /^v([1-9][0-9]*):([A-Za-z0-9_-]{43})$/.exec(part) ?? [];
    if (version === undefined || body === undefined) {
      throw new PsnError("key_missing", "PSN_ENCRYPTION_KEY is not a key that psn made.", {
        next: "put back the key that psn made (PSN_ENCRYPTION_KEY in the secrets file)",
      });
    }
    keys.set(Number(version), Buffer.from(body, "base64url"));
  }
  return { newest: Math.max(...keys.keys()), keys };
}

/** Names a key without telling anything about it: the first 16 hex digits of a hash made for this purpose alone. */
export function fingerprint(key: Uint8Array): string {
  return createHash("sha256").update("psn key fingerprint").update(key).digest("hex").slice(0, 16);
}
