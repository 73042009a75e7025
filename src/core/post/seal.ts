import { type Content, finalText } from "./content.ts";

declare const brand: unique symbol;
/** The sha-256 (64 hex digits) of everything that a person approves. */
export type Seal = string & { readonly [brand]: "Seal" };

/**
 * Seals account, order, bytes, images and alt texts of a post. `account` is X's user id, or null for a
 * draft that was written before any sign-in. Times are not sealed: scheduling stores the approved
 * instant beside the seal, and the publisher checks both.
 */
export async function sealOf(account: string | null, content: Content): Promise<Seal> {
  const approved = {
    account,
    tweets: content.tweets.map((tweet, index) => ({
      text: finalText(content, index),
      images: tweet.images.map(({ sha256, alt }) => ({ sha256, alt })),
    })),
  };
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(approved)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("") as Seal;
}

/** What people see and type: the first eight digits. */
export const shortSeal = (seal: Seal): string => seal.slice(0, 8);

/** Whether what a person typed (eight digits or more of it, in any case) is this seal. */
export function matchesSeal(typed: string, seal: Seal): boolean {
  const digits = typed.trim().toLowerCase();
  return /^[0-9a-f]{8,64}$/.test(digits) && seal.startsWith(digits);
}
