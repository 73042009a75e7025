import { PsnError } from "../../core/errors.ts";
import { accountNamed } from "../../db/accounts.ts";
import { xOAuthFor } from "../../hub/x.ts";
import type { OAuthFailure } from "../../platforms/x/oauth.ts";
import { forgetSignIn, revokeSignIn } from "../../vault/revoke.ts";
import { green } from "../render/style.ts";
import { defineCommand } from "../support/command.ts";
import { keyringHere } from "../support/keyring.ts";

export default defineCommand({
  name: "revoke",
  summary: "Sign out: end the sign-in at X and wipe its tokens here; scheduled posts wait for a new one",
  examples: ["psn setup revoke", "psn setup revoke --account @handle"],
  configure: (command) =>
    command
      .option("--account <handle>", "the account; without it, the one that new posts belong to")
      .option(
        "--only-here",
        "wipe the tokens without asking X, which then keeps the sign-in until it is removed there",
      ),
  run: async (cli, command) => {
    const options = command.opts<{ account?: string; onlyHere?: boolean }>();
    const { database } = await cli.session();
    const account = await accountNamed(database.orm, options.account);
    if (account === undefined) throw nobody(options.account);
    const name = `@${account.username}`;
    if (options.onlyHere === true) {
      if (!(await forgetSignIn(database.orm, account.id))) throw nobody(name);
      const text = `${green("✓")} The tokens of ${name} are wiped here. At X it ends when you remove the app: x.com, Settings, Security, Apps and sessions.`;
      return { data: { account: name, revokedAtX: false }, text };
    }
    const keyring = await keyringHere(cli.config, database.orm);
    const revoked = await revokeSignIn({ orm: database.orm, keyring, oauth: xOAuthFor(cli.config) }, account.id);
    switch (revoked.kind) {
      case "revoked":
        return {
          data: { account: name, revokedAtX: true },
          text: `${green("✓")} ${name} is signed out at X, and its tokens are wiped here.`,
        };
      case "none":
        throw nobody(name);
      case "busy":
        throw again(`The sign-in of ${name} is being renewed at this moment.`, account.username);
      case "unanswered":
        throw again(
          `X has not answered, so nobody knows whether it ended the sign-in of ${name}. Here it is not used any more; run the command again to finish.`,
          account.username,
        );
      case "refused":
        throw refused(revoked.failure, account.username);
    }
  },
});

const again = (message: string, username: string) =>
  new PsnError("x_unreachable", message, { next: `psn setup revoke --account @${username}` });

function refused({ code, message, next }: OAuthFailure, username: string): PsnError {
  const sentence = `X did not end the sign-in of @${username}, so it is as it was: ${message}`;
  const repeat = `psn setup revoke --account @${username}`;
  if (code === "outage") return new PsnError("x_unreachable", sentence, { next: `${repeat}, or with --only-here` });
  return new PsnError("x_app_refused", sentence, { next: `${next}, then: ${repeat}` });
}

const nobody = (who: string | undefined) =>
  new PsnError("sign_in_needed", who === undefined ? "Nobody is signed in." : `${who} is not signed in.`, {
    next: "psn setup status",
  });
