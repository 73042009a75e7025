import { PsnError } from "../../core/errors.ts";
import { recordUserRead } from "../../db/spend.ts";
import { xClientFor, xOAuthFor } from "../../hub/x.ts";
import { whyEnded } from "../../vault/ended.ts";
import { createTokenSource } from "../../vault/refresh.ts";
import type { Cli } from "./cli.ts";
import { keyringHere } from "./keyring.ts";
import { uninterrupted, waitForLate } from "./lateAnswers.ts";

/** `because` goes on after "has ended: ". */
export type Standing = { readonly works: true } | { readonly works: false; readonly because: string };

/**
 * Whether X takes the sign-in that is stored: it is renewed when its access token has run out, and once when X refuses
 * that before its time. Throws PsnError `x_unreachable` or `x_app_refused` when that can't be found out.
 */
export async function tryStoredSignIn(cli: Cli, accountId: string): Promise<Standing> {
  const { orm } = (await cli.session()).database;
  const tokens = createTokenSource({
    orm,
    keyring: await keyringHere(cli.config, orm),
    oauth: xOAuthFor(cli.config),
    now: () => cli.now(),
    sleep: (ms) => Bun.sleep(ms),
  });
  let refused: number | undefined;
  for (;;) {
    const access = await uninterrupted(async () => {
      const answer = await tokens.access(accountId, refused === undefined ? {} : { notVersion: refused });
      await waitForLate(tokens);
      return answer;
    });
    if (!access.ok) {
      if (access.why === "later") throw unanswered("X did not renew the sign-in just now.");
      if (access.why === "app_refused") throw appRefused();
      return { works: false, because: whyEnded(access.code) };
    }
    const me = await xClientFor(cli.config).me({ accessToken: access.token });
    if (me.ok) {
      await recordUserRead(orm, accountId);
      return { works: true };
    }
    // A fresh token that is refused too means that X is in trouble.
    if (me.failure.class !== "sign_in" || refused !== undefined) throw unanswered(me.failure.message);
    refused = access.version;
  }
}

const unanswered = (message: string) => new PsnError("x_unreachable", message, { next: "psn setup" });

const appRefused = () =>
  new PsnError("x_app_refused", "X refuses the app's client id or secret.", { next: "psn setup x-app" });
