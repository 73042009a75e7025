/**
 * X's pay-per-use prices in millionths of a US dollar, as of 2026-04-20
 * (docs.x.com, x-api/getting-started/pricing). Uploading media is not listed and taken as free.
 */
export const PRICES = {
  tweet: 15_000,
  tweetWithLink: 200_000,
  altText: 5_000,
  delete: 10_000,
  ownRead: 1_000,
  /** `users/me`, at sign-in and by the doctor; whether X bills it is not established, so it counts. */
  userRead: 10_000,
} as const;

/** "$0.29", "$0.015", never more than needed. */
export function formatUsd(usd: number): string {
  return `$${usd.toFixed(3).replace(/0$/, "")}`;
}
