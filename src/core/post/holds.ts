import type { SubStatus } from "./states.ts";

const MINUTE_MS = 60_000;

/** Why a whole account waits: what its posts are called meanwhile, and how often one of them tries whether it is over. */
interface Hold {
  readonly subStatus: SubStatus | null;
  readonly message: string;
  readonly next: string;
  readonly recheckMs: number;
}

const CONSOLE = "X's developer console";
const goesOn = (act: string) => `${act}; psn goes on by itself`;

/** What X says of an account or an app that no repetition of one post mends. X does not bill what it refuses. */
export const HOLDS = {
  credits_depleted: {
    subStatus: "out_of_credits",
    message: "The X app has no credits left; the account's posts wait.",
    next: goesOn(`buy credits in ${CONSOLE}`),
    recheckMs: 10 * MINUTE_MS,
  },
  spend_cap: {
    subStatus: "out_of_credits",
    message: "The spending limit of the X app is reached; the account's posts wait.",
    next: goesOn(`raise the limit in ${CONSOLE}`),
    recheckMs: 10 * MINUTE_MS,
  },
  usage_capped: {
    subStatus: "out_of_credits",
    message: "The X app has used up its allowance for this period; the account's posts wait.",
    next: goesOn(`raise the allowance in ${CONSOLE}`),
    recheckMs: 10 * MINUTE_MS,
  },
  account_locked: {
    subStatus: null,
    message: "X has locked or suspended the account; its posts wait.",
    next: goesOn("log in at x.com and do what it asks"),
    recheckMs: 10 * MINUTE_MS,
  },
  client_not_enrolled: {
    subStatus: null,
    message: "The X app is not enrolled; the account's posts wait.",
    next: goesOn(`attach the app to a pay-per-use project in ${CONSOLE}`),
    recheckMs: 10 * MINUTE_MS,
  },
  app_permissions: {
    subStatus: "needs_reauth",
    message: "The X app may only read; the account's posts wait.",
    next: "set the app's permission to read and write, then: psn setup x-auth start",
    recheckMs: 15 * MINUTE_MS,
  },
  forbidden_scope: {
    subStatus: "needs_reauth",
    message: "The sign-in lacks a right that psn needs; the account's posts wait.",
    next: "psn setup x-auth start",
    recheckMs: 15 * MINUTE_MS,
  },
  unsupported_auth: {
    subStatus: "needs_reauth",
    message: "The token is the app's own and not a person's; the account's posts wait.",
    next: "psn setup x-auth start",
    recheckMs: 15 * MINUTE_MS,
  },
  redirected: {
    subStatus: null,
    message: "The address that psn calls is not X's API; the account's posts wait.",
    next: goesOn("correct X_API_URL in config/hub.env"),
    recheckMs: 10 * MINUTE_MS,
  },
  x_app_refused: {
    subStatus: "needs_reauth",
    message: "X refuses the app's client id or secret; the sign-in itself is untouched.",
    next: "psn setup doctor",
    recheckMs: 15 * MINUTE_MS,
  },
  x_unreachable: {
    subStatus: null,
    message: "X does not answer; psn goes on when it does.",
    next: "psn status",
    recheckMs: MINUTE_MS,
  },
} as const satisfies Record<string, Hold>;

export type HoldCode = keyof typeof HOLDS;

export const isHoldCode = (code: string): code is HoldCode => Object.hasOwn(HOLDS, code);
