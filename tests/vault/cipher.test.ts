import { expect, test } from "bun:test";
import { PsnError } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import { decrypt, encrypt } from "../../src/vault/cipher.ts";
import { fingerprint, makeKey, parseKeyring } from "../../src/vault/keyring.ts";

const keyring = parseKeyring(makeKey());
const plain = new Secret("an access token ✓");

function codeOf(work: () => unknown): string {
  try {
    work();
    return "opened";
  } catch (error) {
    return error instanceof PsnError ? error.code : "another error";
  }
}

test("what was encrypted for a row opens in that row, and each time looks different", () => {
  const [one, two] = [encrypt(keyring, plain, "row 1"), encrypt(keyring, plain, "row 1")];
  expect(decrypt(keyring, one, "row 1").reveal()).toBe(plain.reveal());
  expect(one).not.toBe(two);
  expect(one).not.toContain("access");
});

test("a ciphertext that was swapped, cut short, changed in any byte or given another key version fails loudly", () => {
  const sealed = encrypt(keyring, plain, "row 1");
  expect(codeOf(() => decrypt(keyring, sealed, "row 2"))).toBe("vault_tampered");
  for (let length = 0; length < sealed.length; length++) {
    expect(codeOf(() => decrypt(keyring, sealed.slice(0, length), "row 1"))).not.toBe("opened");
  }
  for (let at = 0; at < sealed.length; at++) {
    const other = sealed[at] === "A" ? "B" : "A";
    const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
    // The last digit of base64url may hold bits that stand for nothing.
    const same = Buffer.from(changed.split(".")[3] ?? "", "base64url").equals(
      Buffer.from(sealed.split(".")[3] ?? "", "base64url"),
    );
    if (at === sealed.length - 1 && same) continue;
    expect(codeOf(() => decrypt(keyring, changed, "row 1"))).not.toBe("opened");
  }
});

test("another key does not open it, and an older key in the ring still does", () => {
  const sealed = encrypt(keyring, plain, "row 1");
  expect(codeOf(() => decrypt(parseKeyring(makeKey()), sealed, "row 1"))).toBe("vault_tampered");
  const older = makeKey(1);
  const both = parseKeyring(new Secret(`${older.reveal()},${makeKey(2).reveal()}`));
  const old = encrypt(parseKeyring(older), plain, "row 1");
  expect(both.newest).toBe(2);
  expect(decrypt(both, old, "row 1").reveal()).toBe(plain.reveal());
  expect(codeOf(() => decrypt(parseKeyring(makeKey(2)), old, "row 1"))).toBe("key_missing");
});

test("a fingerprint names a key and is not part of it", () => {
  const key = keyring.keys.get(1) ?? new Uint8Array();
  expect(fingerprint(key)).toMatch(/^[0-9a-f]{16}$/);
  expect(Buffer.from(key).toString("hex")).not.toContain(fingerprint(key));
});
