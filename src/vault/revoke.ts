import { and, eq } from "drizzle-orm";
import type { Orm } from "../db/connection.ts";
import { oauthTokens } from "../db/schema.ts";
import type { XOAuth } from "../platforms/x/oauth.ts";
import type { Keyring } from "./keyring.ts";
import { isRefreshing, leaseRefresh } from "./refresh.ts";
import { openRefreshToken } from "./tokens.ts";

/**
 * `revoked`: X has ended the sign-in, and its tokens are wiped. `none`: there was none. `busy`: it is being renewed at
 * this moment. `failed`: X did not end it, and it is as it was.
 */
export type Revoked =
  | { readonly kind: "revoked" | "none" | "busy" }
  | { readonly kind: "failed"; readonly message: string };

/**
 * Ends a sign-in at X and wipes it here, in this order, so that what dies in between leaves a sign-in that X refuses,
 * never one that lives on unseen. The lease of a renewal keeps others from renewing it meanwhile.
 */
export async function revokeSignIn(
  { orm, keyring, oauth }: { orm: Orm; keyring: Keyring; oauth: Pick<XOAuth, "revoke"> },
  accountId: string,
): Promise<Revoked> {
  const turn = await orm.transaction(async (tx) => {
    const [found] = await tx
      .select({ row: oauthTokens, leased: isRefreshing })
      .from(oauthTokens)
      .where(eq(oauthTokens.accountId, accountId))
      .for("update");
    if (found === undefined) return { kind: "none" as const };
    if (found.leased) return { kind: "busy" as const };
    return { kind: "ours" as const, row: found.row, lease: await leaseRefresh(tx, accountId) };
  });
  if (turn.kind !== "ours") return { kind: turn.kind };
  const own = and(eq(oauthTokens.accountId, accountId), eq(oauthTokens.refreshLease, turn.lease));
  const answer =
    turn.row.deadCode === null ? await oauth.revoke(openRefreshToken(keyring, turn.row)) : ({ ok: true } as const);
  if (!answer.ok) {
    await orm.update(oauthTokens).set({ refreshLease: null, refreshLeaseUntil: null }).where(own);
    return { kind: "failed", message: answer.failure.message };
  }
  await orm.delete(oauthTokens).where(own);
  return { kind: "revoked" };
}

/** Wipes a sign-in here without asking X. */
export async function forgetSignIn(orm: Orm, accountId: string): Promise<boolean> {
  const rows = await orm
    .delete(oauthTokens)
    .where(eq(oauthTokens.accountId, accountId))
    .returning({ id: oauthTokens.accountId });
  return rows.length === 1;
}
