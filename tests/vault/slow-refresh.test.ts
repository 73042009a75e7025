import { afterEach, beforeEach, expect, test } from "bun:test";
import { openStage, type Stage, until } from "../../bench/support/stage.ts";
import { keyringHere } from "../../src/cli/support/keyring.ts";
import { loadConfig } from "../../src/config/load.ts";
import { createXOAuth } from "../../src/platforms/x/oauth.ts";
import { createTokenSource, type TokenSource } from "../../src/vault/refresh.ts";

let stage: Stage;
let account: string;
beforeEach(async () => {
  stage = await openStage();
  const [row] = await stage.person.database.sql<{ id: string }[]>`
    update oauth_tokens set expires_at = now() - interval '1 minute' returning account_id as id`;
  account = row?.id ?? "";
});
afterEach(() => stage.leave());

/** As another process has it; it stops waiting for X almost at once, and its long pauses are short. */
async function hastySource(): Promise<TokenSource> {
  const { person, parts } = stage;
  const config = loadConfig({ env: person.env, home: person.home, cwd: person.home });
  return createTokenSource({
    orm: parts.orm,
    keyring: await keyringHere(config, parts.orm),
    oauth: createXOAuth({
      ...config.x,
      clientId: "sandbox-client",
      clientSecret: "sandbox-secret",
      now: parts.now,
      timeoutMs: 100,
    }),
    now: parts.now,
    sleep: (ms) => Bun.sleep(ms / 20),
  });
}

test("a refresh that X answers late is not spent a second time by anybody, however late", async () => {
  const { world, person } = stage;
  world.addFault({ match: { path: "/2/oauth2/token" }, action: { kind: "hold", when: "after" } });
  const [first, second] = await Promise.all([hastySource(), hastySource()]);
  expect(await first.access(account)).toMatchObject({ ok: false, why: "later" });

  // As long after as the lease lasts without its holder.
  await person.database.sql`update oauth_tokens set refresh_lease_until = now() + interval '500 milliseconds'`;
  await Bun.sleep(1_000);
  const waiting = second.access(account);
  await until(
    "the second one waits",
    async () => (await person.database.sql`select from oauth_tokens where refresh_lease_until > now()`).length === 1,
  );
  world.release();

  expect(await waiting).toMatchObject({ ok: true, version: 2 });
  expect(world.grants.counts(new Date())).toMatchObject({ refreshes: 1, reuses: 0, revokedGrants: 0 });
});
