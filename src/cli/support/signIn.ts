import { PsnError } from "../../core/errors.ts";
import { defaultAccount, liftHold, upsertAccount } from "../../db/accounts.ts";
import { recordUserRead } from "../../db/spend.ts";
import { xClientFor, xOAuthFor } from "../../hub/x.ts";
import type { OAuthFailure, XTokens } from "../../platforms/x/oauth.ts";
import { parsePaste } from "../../platforms/x/paste.ts";
import { ringHeld } from "../../publishing/ringHeld.ts";
import { beginSignIn, endSignIn, waitingSignIns } from "../../vault/signIn.ts";
import { saveSignIn } from "../../vault/tokens.ts";
import type { Cli } from "./cli.ts";
import { keyringHere } from "./keyring.ts";
import { ensureWorker } from "./worker.ts";

/** Begins a sign-in and returns the address to open. What belongs to it is kept, encrypted, for ten minutes. */
export async function startSignIn(cli: Cli): Promise<string> {
  const oauth = xOAuthFor(cli.config);
  const { database } = await cli.session();
  const keyring = await keyringHere(cli.config, database.orm);
  const { url, state, codeVerifier } = oauth.start();
  await beginSignIn(database.orm, keyring, { state, codeVerifier });
  return url;
}

/** The person thought better of it: nothing of the sign-in that this address began is kept. */
export async function abandonSignIn(cli: Cli, url: string): Promise<void> {
  const { database } = await cli.session();
  const keyring = await keyringHere(cli.config, database.orm);
  const state = new URL(url).searchParams.get("state");
  for (const pending of await waitingSignIns(database.orm, keyring)) {
    if (pending.state === state) await endSignIn(database.orm, pending.id);
  }
}

export interface SignedIn {
  readonly username: string;
  /** Another account that new posts belonged to until now; "psn setup x-auth" as that one takes it back. */
  readonly former: string | undefined;
  /** Posts that waited for this sign-in. */
  readonly resumed: number;
}

/** Whether to go on as this account, when new posts belonged to another until now. Names without @. */
export type ConfirmOther = (username: string, former: string) => Promise<boolean>;

/**
 * Trades the pasted code at once, asks X who it is, and stores the sign-in. Another account than before is stored
 * only if `confirm` says so; without it, who can't be asked is taken at their word.
 */
export async function finishSignIn(cli: Cli, text: string, confirm?: ConfirmOther): Promise<SignedIn> {
  const oauth = xOAuthFor(cli.config);
  const { database, desk } = await cli.session();
  const keyring = await keyringHere(cli.config, database.orm);
  const waiting = await waitingSignIns(database.orm, keyring);
  const newest = waiting[0];
  if (newest === undefined) {
    throw new PsnError("paste_invalid", "No sign-in is waiting: it lives ten minutes and is used once.", {
      next: "psn setup x-auth start",
    });
  }
  // Several may have been begun; the paste says which.
  const begun = waiting.find((pending) => text.includes(pending.state)) ?? newest;
  const { code } = parsePaste(text, { state: begun.state, callbackUrl: cli.config.x.callbackUrl });
  const answer = await oauth.exchange({ code, codeVerifier: begun.codeVerifier });
  if (!answer.ok) {
    if (answer.failure.code !== "outage") await endSignIn(database.orm, begun.id);
    throw refusedExchange(answer.failure);
  }
  const me = await xClientFor(cli.config).me({ accessToken: answer.tokens.accessToken });
  if (!me.ok) {
    throw new PsnError(
      "x_app_refused",
      `X gave a sign-in, and then refused to say whose it is: ${me.failure.message}`,
      {
        next: me.failure.next,
        details: { xCode: me.failure.code },
      },
    );
  }
  const { id, username, name, subscriptionType } = me.value;
  const before = await defaultAccount(database.orm);
  if (before !== undefined && before.xUserId !== id && confirm !== undefined) {
    if (!(await confirm(username, before.username))) {
      await oauth.revoke(answer.tokens.refreshToken);
      await endSignIn(database.orm, begun.id);
      throw new PsnError("sign_in_refused", `You stay signed in as @${before.username}.`, {
        next: "log in at x.com with the right account, then: psn setup x-auth",
      });
    }
  }
  const stored = await database.orm.transaction(async (tx) => {
    const { account, former } = await upsertAccount(tx, {
      xUserId: id,
      username,
      name,
      subscriptionType: subscriptionType ?? null,
    });
    await saveSignIn(tx, keyring, account.id, pairOf(answer.tokens));
    await recordUserRead(tx, account.id);
    await endSignIn(tx, begun.id);
    return { account, former };
  });
  // A new sign-in may mend what held the account; if it does not, X says so again at no cost.
  await liftHold(desk.orm, stored.account.id);
  const resumed = await ringHeld(desk, stored.account.id, "signed in");
  if (resumed > 0 && cli.config.engine === "local") await ensureWorker(cli.config, database.orm);
  return { username, former: stored.former, resumed };
}

const pairOf = ({ accessToken, refreshToken, expiresAt, scopes }: XTokens) => ({
  accessToken,
  refreshToken,
  expiresAt,
  scopes,
});

function refusedExchange(failure: OAuthFailure): PsnError {
  const { code, message, next } = failure;
  switch (code) {
    case "code_expired":
    case "verifier_invalid":
      return new PsnError("code_expired", message, { next });
    case "scopes_missing":
      return new PsnError("scopes_missing", message, { next, details: { missing: failure.missing } });
    case "outage":
      return new PsnError("x_unreachable", message, { next });
    default:
      return new PsnError("x_app_refused", message, { next, details: { xCode: code } });
  }
}
