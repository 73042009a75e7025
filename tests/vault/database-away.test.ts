import { expect, test } from "bun:test";
import { RefreshStage } from "../../bench/support/refreshing-stage.ts";
import { until } from "../../bench/support/stage.ts";
import { Secret } from "../../src/core/secret.ts";
import { createXOAuth } from "../../src/platforms/x/oauth.ts";
import { makeKey, parseKeyring } from "../../src/vault/keyring.ts";
import { createTokenSource, type TokenSource } from "../../src/vault/refresh.ts";
import { saveSignIn } from "../../src/vault/tokens.ts";

const TOKEN = { method: "POST", path: "/2/oauth2/token" };

test("a database that stays away for longer than a refresh's lease does not lose the sign-in", async () => {
  const stage = await RefreshStage.open();
  try {
    const { database, sandbox } = stage;
    const { orm, sql } = database;
    const [{ id: account = "" } = {}] = await sql<{ id: string }[]>`select id from accounts`;
    const keyring = parseKeyring(makeKey());
    const grant = sandbox.world.grant({});
    await saveSignIn(orm, keyring, account, {
      accessToken: new Secret(grant.accessToken),
      refreshToken: new Secret(grant.refreshToken ?? ""),
      expiresAt: new Date(),
      scopes: grant.scope.split(" "),
    });
    const app = { clientId: "sandbox-client", clientSecret: "sandbox-secret", callbackUrl: "http://127.0.0.1/" };
    const { apiUrl, authorizeUrl } = sandbox;
    const oauth = createXOAuth({ ...app, apiUrl, authorizeUrl, now: () => new Date() });
    const source = (onSleep: () => void): TokenSource =>
      createTokenSource({
        orm,
        keyring,
        oauth,
        now: () => new Date(),
        sleep: (ms) => {
          onSleep();
          return Bun.sleep(ms);
        },
      });

    sandbox.world.addFault({ match: TOKEN, action: { kind: "hold", when: "after" } });
    const first = source(() => undefined).access(account);
    await until("X has renewed", () => sandbox.world.faults.view().some(({ holding }) => holding > 0));
    // As if it had stayed away until the lease ran out: nobody can renew it meanwhile.
    await sql`update oauth_tokens set refresh_lease_until = now() - interval '5 seconds'`;
    await stage.breakDatabase("restart", async () => undefined);

    const waits = Promise.withResolvers<void>();
    const second = source(waits.resolve).access(account);
    await Promise.race([waits.promise, second]);
    expect(sandbox.world.grants.counts(new Date()).reuses).toBe(0);
    sandbox.world.clearFaults();

    expect(await Promise.all([first, second])).toMatchObject([
      { ok: true, version: 3 },
      { ok: true, version: 3 },
    ]);
    expect(sandbox.world.grants.counts(new Date())).toMatchObject({ refreshes: 1, reuses: 0, revokedGrants: 0 });
  } finally {
    await stage.leave();
  }
});
