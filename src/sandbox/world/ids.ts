import { createHash, randomBytes } from "node:crypto";

/** X's epoch: the instant of snowflake 0, in milliseconds since 1970. */
const EPOCH_MS = 1_288_834_974_657n;

/**
 * Ids as X makes them: decimal strings of 19 digits whose upper bits are the millisecond of creation
 * and which never repeat or fall, also when several are made in one millisecond or the clock goes back.
 */
export class Snowflakes {
  #last = 0n;

  next(at: Date): string {
    const earliest = (BigInt(at.getTime()) - EPOCH_MS) << 22n;
    this.#last = earliest > this.#last ? earliest : this.#last + 1n;
    return this.#last.toString();
  }
}

/** The smallest id that something created at this instant can have. */
export function firstIdAt(at: Date): bigint {
  return (BigInt(at.getTime()) - EPOCH_MS) << 22n;
}

/** Negative when `a` is the older id. Ids outgrow a number's precision, so they compare as integers. */
export function compareIds(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** An opaque secret of 192 random bits, safe in a URL. */
export function randomSecret(): string {
  return randomBytes(24).toString("base64url");
}

/** An authorisation code; what X issues decodes to random parts, the issue time in ms and "1:1:ac:1". */
export function authorizationCode(at: Date): string {
  return Buffer.from(`${randomSecret()}:${at.getTime()}:1:1:ac:1`).toString("base64url");
}

/** The ten characters of a t.co link, always the same for the same tweet and place in it. */
export function shortLink(tweetId: string, place: string): string {
  const digest = createHash("sha256").update(`${tweetId}/${place}`).digest("base64");
  return `https://t.co/${digest.replaceAll(/[^A-Za-z0-9]/g, "").slice(0, 10)}`;
}

export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The S256 code challenge of RFC 7636. */
export function pkceChallenge(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}
