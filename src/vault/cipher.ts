import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { PsnError } from "../core/errors.ts";
import { Secret } from "../core/secret.ts";
import type { Keyring } from "./keyring.ts";

/**
 * AES-256-GCM. A ciphertext reads `psn1.<key version>.<nonce>.<body and tag>` (base64url) and opens only
 * in the row it was made for: the row's identity is authenticated with it, so that a ciphertext which is
 * swapped with another row's, cut short or put back from an older version fails.
 */
const FORMAT = "psn1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function encrypt(keyring: Keyring, plain: Secret, identity: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyOf(keyring, keyring.newest), nonce);
  cipher.setAAD(associatedData(keyring.newest, identity));
  const body = Buffer.concat([cipher.update(plain.reveal(), "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [FORMAT, keyring.newest, nonce.toString("base64url"), body.toString("base64url")].join(".");
}

/** How every ciphertext of this key begins. */
export const keyPrefix = (version: number): string => `${FORMAT}.${version}.`;

export function decrypt(keyring: Keyring, ciphertext: string, identity: string): Secret {
  const [format, version, nonce, body] = ciphertext.split(".");
  if (format !== FORMAT || version === undefined || nonce === undefined || body === undefined) throw tampered();
  const key = keyOf(keyring, Number(version));
  const bytes = Buffer.from(body, "base64url");
  const iv = Buffer.from(nonce, "base64url");
  if (iv.length !== NONCE_BYTES || bytes.length < TAG_BYTES) throw tampered();
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(Number(version), identity));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return new Secret(
      Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8"),
    );
  } catch (cause) {
    throw tampered(cause);
  }
}

function keyOf(keyring: Keyring, version: number): Uint8Array {
  const key = keyring.keys.get(version);
  if (key !== undefined) return key;
  throw new PsnError("key_missing", `The sign-in was encrypted with key version ${version}, which is not here.`, {
    next: "put back the old PSN_ENCRYPTION_KEY, or sign in again: psn setup x-auth start",
  });
}

const associatedData = (version: number, identity: string) => Buffer.from(`${FORMAT}|${version}|${identity}`, "utf8");

function tampered(cause?: unknown): PsnError {
  return new PsnError(
    "vault_tampered",
    "A stored sign-in can't be opened: it was changed, or the key is another one.",
    {
      next: "psn setup x-auth start",
      cause,
    },
  );
}
