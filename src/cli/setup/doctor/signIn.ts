import { eq } from "drizzle-orm";
import { HOLDS, isHoldCode } from "../../../core/post/holds.ts";
import type { AccountRow } from "../../../db/posts.ts";
import { accounts, oauthTokens } from "../../../db/schema.ts";
import { recordUserRead } from "../../../db/spend.ts";
import { xClientFor, xOAuthFor } from "../../../hub/x.ts";
import { missingScopes } from "../../../platforms/x/scopes.ts";
import { mendsEnded, whyEnded } from "../../../vault/ended.ts";
import { type Access, createTokenSource, type TokenSource } from "../../../vault/refresh.ts";
import type { Cli } from "../../support/cli.ts";
import { keyringHere } from "../../support/keyring.ts";
import { uninterrupted, waitForLate } from "../../support/lateAnswers.ts";
import { type Check, failed, ok, warning } from "./check.ts";

/** More than this, and the times of X's answers and limits can't be trusted. */
const SKEW_MS = 60_000;
const SIGN_IN = "psn setup x-auth start";

/** Each account's sign-in: renewed at X for real, then used. */
export async function checkSignIns(cli: Cli): Promise<Check[]> {
  const { orm } = (await cli.session()).database;
  const rows = await orm
    .select({ account: accounts, version: oauthTokens.version, scopes: oauthTokens.scopes })
    .from(accounts)
    .leftJoin(oauthTokens, eq(oauthTokens.accountId, accounts.id));
  if (rows.length === 0) return [failed("sign-in", "Nobody is signed in.", SIGN_IN)];
  const tokens = createTokenSource({
    orm,
    keyring: await keyringHere(cli.config, orm),
    oauth: xOAuthFor(cli.config),
    now: () => cli.now(),
    sleep: (ms) => Bun.sleep(ms),
  });
  return await uninterrupted(async () => {
    const checks: Check[] = [];
    for (const { account, version, scopes } of rows) {
      checks.push(...(await checkOne(cli, tokens, account, version, scopes ?? [])));
    }
    await waitForLate(tokens);
    return checks;
  });
}

async function checkOne(
  cli: Cli,
  tokens: TokenSource,
  account: AccountRow,
  version: number | null,
  scopes: readonly string[],
): Promise<Check[]> {
  const name = `@${account.username}`;
  if (version === null) return [failed("sign-in", `${name} is signed out.`, SIGN_IN)];
  const access = await tokens.access(account.id, { notVersion: version });
  if (!access.ok) return [notRenewed(account.username, access)];
  const me = await xClientFor(cli.config).me({ accessToken: access.token });
  if (!me.ok) return [failed("sign-in", `${name}: ${me.failure.message}`, me.failure.next)];
  await recordUserRead((await cli.session()).database.orm, account.id);
  const missing = missingScopes(scopes);
  return [
    me.value.id === account.xUserId
      ? ok("sign-in", `${name}: renewed, and X knows it`)
      : failed("sign-in", `${name}: X says that the sign-in is @${me.value.username}'s.`, SIGN_IN),
    missing.length === 0
      ? ok("rights", `${name}: all five scopes`)
      : failed("rights", `${name} lacks ${missing.join(", ")}.`, SIGN_IN),
    checkHold(account),
    checkClock(me.serverDate, cli.now()),
  ];
}

function notRenewed(username: string, access: Extract<Access, { ok: false }>): Check {
  switch (access.why) {
    case "none":
    case "dead": {
      const detail = `@${username}: it has ended: ${whyEnded(access.code)}.`;
      return failed("sign-in", detail, mendsEnded(access.code, username));
    }
    case "app_refused":
      return failed("x app", "X refuses the app's client id or secret.", "psn setup x-app");
    case "later":
      return failed("sign-in", `@${username}: X did not renew it just now.`, "psn setup doctor");
  }
}

/** X tells of credits, caps and locks only when something is sent: this is what it said last. */
function checkHold({ username, holdCode }: AccountRow): Check {
  if (holdCode === null)
    return ok("sending", `@${username}: nothing that X said stands against it (only a post can prove it)`);
  const known = isHoldCode(holdCode) ? HOLDS[holdCode] : undefined;
  return warning("sending", `@${username}: ${known?.message ?? holdCode}`, known?.next ?? "psn status");
}

function checkClock(serverDate: Date | undefined, now: Date): Check {
  if (serverDate === undefined) return warning("clock", "X did not tell its time.", "psn setup doctor");
  const skew = now.getTime() - serverDate.getTime();
  const text = `${Math.round(Math.abs(skew) / 1000)} s ${skew < 0 ? "behind" : "ahead of"} X's`;
  return Math.abs(skew) > SKEW_MS
    ? failed("clock", `This machine's clock is ${text}.`, "set the clock, for instance: timedatectl set-ntp true")
    : ok("clock", text);
}
