import { HOLDS, type HoldCode } from "../../core/post/holds.ts";
import { holdAccount, liftHold } from "../../db/accounts.ts";
import { ringHeld } from "../ringHeld.ts";
import { type End, type Run, wait } from "./context.ts";

/** How a post waits while its account is held. */
export function waitForHold(code: HoldCode, until: Date): End {
  const { subStatus, message, next } = HOLDS[code];
  return wait(until, subStatus, { code, message, next });
}

/** Holds the account and this post with it, until X says that it is over, or until psn tries again. */
export async function hold(run: Run, code: HoldCode, reset?: Date): Promise<End> {
  const { parts, account } = run;
  const now = parts.now();
  const until = reset !== undefined && reset > now ? reset : new Date(now.getTime() + HOLDS[code].recheckMs);
  await holdAccount(parts.orm, account.id, code, until);
  return waitForHold(code, until);
}

/** X takes the account's requests again: what waited goes on at once. */
export async function lift(run: Run, only?: HoldCode): Promise<void> {
  const { parts, account } = run;
  if (await liftHold(parts.orm, account.id, only)) await ringHeld(parts, account.id, "X takes requests again");
}
