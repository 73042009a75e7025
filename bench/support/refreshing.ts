/**
 * A process that lives long and asks for an access token whenever it is told to, as psn does: over its database, with
 * X's real client. It stands still before it spends a refresh token and after the new pair is stored, until it is told
 * to go on or is killed. Its argument is how long it waits for X, in ms.
 */
import { keyringHere } from "../../src/cli/support/keyring.ts";
import { openDatabaseSession } from "../../src/cli/support/session.ts";
import { readEnvironment } from "../../src/config/environment.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Secret } from "../../src/core/secret.ts";
import { isConnectionLost } from "../../src/db/failures.ts";
import { xClientFor } from "../../src/hub/x.ts";
import { createXOAuth } from "../../src/platforms/x/oauth.ts";
import { renewIdle } from "../../src/vault/keepAlive.ts";
import { createTokenSource, type TokenSourceParts } from "../../src/vault/refresh.ts";

export type Point = "before the request" | "after the commit";

/** What the process is told. */
export type Order =
  | { readonly kind: "go on" }
  | {
      readonly kind: "ask";
      /** When, in milliseconds since 1970. */
      readonly at: number;
      /** With one connection, or with several. */
      readonly connections: "one" | "several";
      /** So many ask at the same time in this process. */
      readonly times: number;
      /** Also looks after idle sign-ins at the same time, as the worker does. */
      readonly keeps: boolean;
    };

/** What it tells. */
export type Told =
  | { readonly kind: "ready" }
  | { readonly kind: "at"; readonly point: Point }
  | {
      readonly kind: "got";
      /** The version that each of them got. */
      readonly versions: readonly number[];
      /** Whether X takes the tokens. */
      readonly works: boolean;
      /** How often they had to ask again. */
      readonly again: number;
    }
  | { readonly kind: "got none"; readonly why: string };

const SEVERAL = 4;
const AGAIN_MS = 100;
/** Longer than any trouble of the bench, with a lease that must run out first. */
const GIVE_UP_MS = 90_000;

const config = loadConfig(readEnvironment());
const client = xClientFor(config);
const oauth = createXOAuth({
  ...config.x,
  clientId: config.x.clientId ?? "",
  clientSecret: config.x.clientSecret ?? "",
  now: () => new Date(),
  timeoutMs: Number(Bun.argv[2]),
});
const pools = { one: await openParts(1), several: await openParts(SEVERAL) };
const account = await ownAccount();
let goOn = () => {};
let sent = false;

process.on("disconnect", () => process.exit(0));
process.on("message", (order: Order) => {
  if (order.kind === "go on") goOn();
  else void carryOut(order).catch((error: unknown) => say({ kind: "got none", why: String(error) }));
});
say({ kind: "ready" });

async function carryOut({ at, connections, times, keeps }: Extract<Order, { kind: "ask" }>): Promise<void> {
  const { parts } = pools[connections];
  const tokens = createTokenSource(parts);
  sent = false;
  await Bun.sleep(Math.max(0, at - Date.now()));
  const keeping = keeps ? renewIdle(parts).catch(mustBeLost) : undefined;
  const asked = await Promise.all(Array.from({ length: times }, () => untilGot(() => tokens.access(account))));
  await keeping;
  if (sent) await standStill("after the commit");
  const works = (await Promise.all(asked.map(({ token }) => client.me({ accessToken: token })))).every(({ ok }) => ok);
  const again = asked.reduce((sum, one) => sum + one.again, 0);
  say({ kind: "got", versions: asked.map(({ version }) => version), works, again });
}

/** Whoever must have a token asks again when X or the database is away for a moment. */
async function untilGot(
  ask: () => ReturnType<ReturnType<typeof createTokenSource>["access"]>,
): Promise<{ token: Secret; version: number; again: number }> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (let again = 0; ; again += 1) {
    const access = await ask().catch(mustBeLost);
    if (access?.ok === true) return { ...access, again };
    if (access !== undefined && access.why !== "later") throw new Error(access.why);
    if (performance.now() > giveUpAt) throw new Error(access?.why ?? "the database is away");
    await Bun.sleep(AGAIN_MS);
  }
}

function mustBeLost(error: unknown): undefined {
  if (!isConnectionLost(error)) throw error;
}

async function openParts(max: number): Promise<{ parts: TokenSourceParts }> {
  const { database } = await openDatabaseSession(config, { max });
  const { orm } = database;
  const refresh: TokenSourceParts["oauth"]["refresh"] = async (token, options) => {
    await standStill("before the request");
    sent = true;
    return await oauth.refresh(token, options);
  };
  const keyring = await keyringHere(config, orm);
  return { parts: { orm, keyring, oauth: { refresh }, now: () => new Date(), sleep: (ms) => Bun.sleep(ms) } };
}

async function ownAccount(): Promise<string> {
  const { sql, close } = (await openDatabaseSession(config, { max: 1 })).database;
  const [row] = await sql<{ id: string }[]>`select id from accounts`;
  await close();
  if (row === undefined) throw new Error("nobody is signed in");
  return row.id;
}

function standStill(point: Point): Promise<void> {
  return new Promise((resolve) => {
    goOn = resolve;
    say({ kind: "at", point });
  });
}

function say(told: Told): void {
  process.send?.(told);
}
