import { randomUUID } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import type { Secret } from "../core/secret.ts";
import type { Orm, Tx } from "../db/connection.ts";
import { isConnectionLost } from "../db/failures.ts";
import { oauthTokens } from "../db/schema.ts";
import type { XOAuth } from "../platforms/x/oauth.ts";
import { type EndCode, SIGNED_OUT } from "./ended.ts";
import type { Keyring } from "./keyring.ts";
import {
  markDead,
  openAccessToken,
  openRefreshToken,
  saveRefreshed,
  type TokenPair,
  type TokenRow,
  tokenRow,
} from "./tokens.ts";

/** A token with less than this left is refreshed before it is used. */
const FRESH_MS = 5 * 60_000;
/** Longer than a refresh may take at X, so that a lease that ran out means a process that died. */
const REFRESH_LEASE_SECONDS = 20;
/**
 * Whether somebody is refreshing. While the database was away nobody could say that he still is, nor store what X
 * answered: a lease that ran out meanwhile counts for as long again from the server's start.
 */
export const isRefreshing = sql<boolean>`(${oauthTokens.refreshLeaseUntil} is not null and
  greatest(${oauthTokens.refreshLeaseUntil}, pg_postmaster_start_time() + make_interval(secs => ${REFRESH_LEASE_SECONDS})) > now())`;
const leaseEnd = sql`now() + make_interval(secs => ${REFRESH_LEASE_SECONDS})`;
const KEEP_MS = 5_000;
const WAIT_MS = 100;
const WAIT_AT_MOST_MS = 30_000;

export type Access =
  | { readonly ok: true; readonly token: Secret; readonly version: number }
  /** The person must sign in: there is no sign-in (`none`), or it has ended (`dead`). Why is the code, for `whyEnded`. */
  | { readonly ok: false; readonly why: "none" | "dead"; readonly code: string }
  /** Passes by itself, or with the app's settings. */
  | { readonly ok: false; readonly why: "app_refused" }
  | { readonly ok: false; readonly why: "later" };

export interface TokenSource {
  /**
   * An access token that works for at least five minutes more. `notVersion`: X just refused this version,
   * so refresh unless somebody already did.
   */
  access(accountId: string, options?: { notVersion?: number }): Promise<Access>;
  /** Resolves when no request is open any more: who ends earlier may lose a sign-in that X has renewed already. */
  settled(): Promise<void>;
}

export interface TokenSourceParts {
  readonly orm: Orm;
  readonly keyring: Keyring;
  readonly oauth: Pick<XOAuth, "refresh">;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** Requests that X had not answered in time; their answers are stored when they come. */
  readonly open?: Set<Promise<void>>;
}

/**
 * The one path that spends a refresh token. X's refresh tokens are good once: who wants to refresh first
 * commits a lease under the row's lock; everybody else waits for the version to rise. X is called outside
 * any transaction, and what it answers is stored even when it comes late.
 */
export function createTokenSource(given: TokenSourceParts): TokenSource {
  const open = given.open ?? new Set<Promise<void>>();
  const parts = { ...given, open };
  const { orm, keyring, now, sleep } = parts;
  const look = sharedLook(parts);

  return {
    settled: () => allSettled(open),

    async access(accountId, options = {}) {
      // Most of the time the token is fresh: then nobody's row is locked for it.
      const row = await look(accountId);
      if (row !== undefined && row.deadCode === null && isFresh(row, now(), options.notVersion)) {
        return { ok: true, token: openAccessToken(keyring, row), version: row.version };
      }
      const until = now().getTime() + WAIT_AT_MOST_MS;
      for (;;) {
        const turn = await takeTurn(orm, accountId, (row) => isFresh(row, now(), options.notVersion));
        switch (turn.kind) {
          case "none":
            return { ok: false, why: "none", code: SIGNED_OUT };
          case "dead":
            return { ok: false, why: "dead", code: turn.code };
          case "fresh":
            return { ok: true, token: openAccessToken(keyring, turn.row), version: turn.row.version };
          case "wait":
            if (now().getTime() > until) return { ok: false, why: "later" };
            await sleep(WAIT_MS);
            break;
          case "ours": {
            const answer = await refresh(parts, turn.row, turn.lease);
            if (answer !== "look again") return answer;
          }
        }
      }
    },
  };
}

/** Many posts of one moment ask for the same row: they share one look, which is over when it was answered. */
function sharedLook({ orm }: TokenSourceParts): (accountId: string) => Promise<TokenRow | undefined> {
  const looking = new Map<string, Promise<TokenRow | undefined>>();
  return (accountId) => {
    const known = looking.get(accountId);
    if (known !== undefined) return known;
    const look = tokenRow(orm, accountId).finally(() => looking.delete(accountId));
    looking.set(accountId, look);
    return look;
  };
}

function isFresh(row: TokenRow, now: Date, notVersion: number | undefined): boolean {
  if (notVersion !== undefined && row.version <= notVersion) return false;
  return row.expiresAt.getTime() - now.getTime() > FRESH_MS;
}

type Turn =
  | { kind: "none" | "wait" }
  | { kind: "dead"; code: string }
  | { kind: "fresh"; row: TokenRow }
  | { kind: "ours"; row: TokenRow; lease: string };

/** Under the row's lock: is the token fresh, is somebody refreshing it, or is it our turn? */
function takeTurn(orm: Orm, accountId: string, fresh: (row: TokenRow) => boolean): Promise<Turn> {
  return orm.transaction(async (tx): Promise<Turn> => {
    const [found] = await tx
      .select({ row: oauthTokens, leased: isRefreshing })
      .from(oauthTokens)
      .where(eq(oauthTokens.accountId, accountId))
      .for("update");
    if (found === undefined) return { kind: "none" };
    const { row, leased } = found;
    if (row.deadCode !== null) return { kind: "dead", code: row.deadCode };
    if (fresh(row)) return { kind: "fresh", row };
    if (leased) return { kind: "wait" };
    return { kind: "ours", row, lease: await leaseRefresh(tx, accountId) };
  });
}

/** Under the row's lock: from now on only the holder of this lease may spend the refresh token. */
export async function leaseRefresh(tx: Tx, accountId: string): Promise<string> {
  const lease = randomUUID();
  await tx
    .update(oauthTokens)
    .set({ refreshLease: lease, refreshLeaseUntil: leaseEnd })
    .where(eq(oauthTokens.accountId, accountId));
  return lease;
}

/** Spends the refresh token of a row whose lease is ours. "look again": another pair is stored now. */
export async function refresh(
  parts: TokenSourceParts,
  row: TokenRow,
  lease: string,
): Promise<Extract<Access, { ok: false }> | "look again"> {
  const { orm, keyring, oauth } = parts;
  const store = (pair: TokenPair) => storeUntilStored(parts, row, pair);
  const answer = await oauth.refresh(openRefreshToken(keyring, row), { onLate: store });
  if (answer.ok) {
    await store(answer.tokens);
    return "look again";
  }
  const { failure } = answer;
  switch (failure.code) {
    case "token_dead": {
      // Somebody may have signed in meanwhile: only what X was asked about is dead.
      const current = await tokenRow(orm, row.accountId);
      if (current !== undefined && current.version !== row.version) return "look again";
      // A lease that nobody gave back is of a renewal that stored no answer: it may have spent the token.
      const code: EndCode = row.refreshLease === null ? "token_dead" : "renewal_lost";
      await markDead(orm, row.accountId, row.version, code);
      return { ok: false, why: "dead", code };
    }
    case "app_refused":
    case "client_id_missing":
      await giveBack(orm, row, lease, failure.code);
      return { ok: false, why: "app_refused" };
    default:
      // When the request may have reached X, its answer may still come and be stored: the lease runs on,
      // so that nobody spends the same token meanwhile.
      if (failure.code !== "outage" || !failure.sent) await giveBack(orm, row, lease, failure.code);
      else if (answer.late !== undefined) keepOpen(parts, keepWhileOpen(parts, lease, answer.late));
      return { ok: false, why: "later" };
  }
}

function keepOpen({ open }: TokenSourceParts, request: Promise<void>): void {
  open?.add(request);
  void request.finally(() => open?.delete(request));
}

/** Waits for open requests, those included that are opened meanwhile. */
export async function allSettled(open: ReadonlySet<Promise<void>>): Promise<void> {
  while (open.size > 0) await Promise.allSettled(open);
}

/** Leaves the row as it was found: a lease of before, which ran out, still tells that its renewal had no answer. */
async function giveBack(orm: Orm, row: TokenRow, lease: string, failure: string): Promise<void> {
  const { refreshLease, refreshLeaseUntil } = row;
  await orm
    .update(oauthTokens)
    .set({ refreshLease, refreshLeaseUntil, lastFailure: failure })
    .where(and(eq(oauthTokens.accountId, row.accountId), eq(oauthTokens.refreshLease, lease)));
}

/** However long X takes to answer, the token may be spent already: the lease is renewed for as long as the request is open. */
async function keepWhileOpen(parts: TokenSourceParts, lease: string, open: Promise<unknown>): Promise<void> {
  let isOpen = true;
  const over = open.then(() => {
    isOpen = false;
  });
  while (isOpen) {
    try {
      await parts.orm
        .update(oauthTokens)
        .set({ refreshLeaseUntil: leaseEnd })
        .where(eq(oauthTokens.refreshLease, lease));
    } catch (error) {
      // Away for longer than the lease, a database lets others try; that is all that can be done from here.
      if (!isConnectionLost(error)) break;
    }
    await Promise.race([over, parts.sleep(KEEP_MS)]);
  }
  await over;
}

/** The old token is spent: these two are the sign-in now. Goes on through a database that restarts. */
async function storeUntilStored(parts: TokenSourceParts, row: TokenRow, pair: TokenPair): Promise<void> {
  for (let wait = WAIT_MS; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      await saveRefreshed(parts.orm, parts.keyring, row.accountId, row.version, pair);
      return;
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      await parts.sleep(wait);
    }
  }
}
