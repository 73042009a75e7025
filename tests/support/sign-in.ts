import { keyringHere } from "../../src/cli/support/keyring.ts";
import type { Config } from "../../src/config/load.ts";
import { Secret } from "../../src/core/secret.ts";
import { upsertAccount } from "../../src/db/accounts.ts";
import type { Orm } from "../../src/db/connection.ts";
import type { World } from "../../src/sandbox/world/world.ts";
import { saveSignIn } from "../../src/vault/tokens.ts";

/** Stores a sign-in that X gave without its consent page. Returns the account's id in the database. */
export async function signIn(config: Config, orm: Orm, world: World, handle?: string): Promise<string> {
  const keyring = await keyringHere(config, orm);
  const grant = world.grant(handle === undefined ? {} : { account: handle });
  return await orm.transaction(async (tx) => {
    const who = {
      xUserId: grant.accountId,
      username: grant.handle,
      name: grant.handle,
      subscriptionType: world.accounts.require(grant.handle).subscription,
    };
    const { account } = await upsertAccount(tx, who);
    await saveSignIn(tx, keyring, account.id, {
      accessToken: new Secret(grant.accessToken),
      refreshToken: new Secret(grant.refreshToken ?? ""),
      expiresAt: new Date(Date.now() + grant.expiresInSecs * 1000),
      scopes: grant.scope.split(" "),
    });
    return account.id;
  });
}
