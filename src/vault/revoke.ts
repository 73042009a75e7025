import { and, eq } from "drizzle-orm";
import type { Orm } from "../db/connection.ts";
import { oauthTokens } from "../db/schema.ts";
import type { OAuthFailure, XOAuth } from "../platforms/x/oauth.ts";
import type { EndCode } from "./ended.ts";
import type { Keyring } from "./keyring.ts";
import { isRefreshing } from "./refresh.ts";
import { markDead, openRefreshToken, type TokenRow } from "./tokens.ts";

/**
 * `revoked`: X has ended the sign-in, and its tokens are wiped. `none`: there was none. `busy`: it is being renewed at
 * this moment. `refused`: X did not end it, and it is as it was. `unanswered`: X may have ended it; it is not used here
 * any more, and its tokens are kept for the next try.
 */
export type Revoked =
  | { readonly kind: "revoked" | "none" | "busy" | "unanswered" }
  | { readonly kind: "refused"; readonly failure: OAuthFailure };

const OPEN: EndCode = "revoke_open";

/**
 * Ends a sign-in at X and wipes it here. Before X is asked the row says that it shall end: whatever dies or is lost
 * after that, nothing goes out with this sign-in, and who asks again finishes it (X takes a token twice, and one that
 * it does not know: RFC 7009).
 */
export async function revokeSignIn(
  { orm, keyring, oauth }: { orm: Orm; keyring: Keyring; oauth: Pick<XOAuth, "revoke"> },
  accountId: string,
): Promise<Revoked> {
  const turn = await markEnding(orm, accountId);
  if (turn.kind !== "ours") return turn;
  const { row } = turn;
  const answer = isOver(row) ? ({ ok: true } as const) : await oauth.revoke(openRefreshToken(keyring, row));
  if (answer.ok) {
    await orm.delete(oauthTokens).where(same(row));
    return { kind: "revoked" };
  }
  const { failure } = answer;
  if (failure.code === "outage" && failure.sent) return { kind: "unanswered" };
  // An earlier try may have reached X: then it stays open.
  if (row.deadCode === null) {
    await orm
      .update(oauthTokens)
      .set({ deadCode: null, deadSince: null })
      .where(and(same(row), eq(oauthTokens.deadCode, OPEN)));
  }
  return { kind: "refused", failure };
}

/** Under the row's lock, so that no renewal begins in between; one that goes on already is waited for by the person. */
function markEnding(
  orm: Orm,
  accountId: string,
): Promise<{ readonly kind: "none" | "busy" } | { readonly kind: "ours"; readonly row: TokenRow }> {
  return orm.transaction(async (tx) => {
    const [found] = await tx
      .select({ row: oauthTokens, leased: isRefreshing })
      .from(oauthTokens)
      .where(eq(oauthTokens.accountId, accountId))
      .for("update");
    if (found === undefined) return { kind: "none" };
    const { row, leased } = found;
    if (leased) return { kind: "busy" };
    if (row.deadCode === null) await markDead(tx, accountId, row.version, OPEN);
    return { kind: "ours", row };
  });
}

/** X has said so itself: it is not asked once more. */
const isOver = ({ deadCode }: TokenRow): boolean => deadCode !== null && deadCode !== OPEN;

/** The row, unless somebody has signed in anew meanwhile. */
const same = ({ accountId, version }: TokenRow) =>
  and(eq(oauthTokens.accountId, accountId), eq(oauthTokens.version, version));

/** Wipes a sign-in here without asking X. */
export async function forgetSignIn(orm: Orm, accountId: string): Promise<boolean> {
  const rows = await orm
    .delete(oauthTokens)
    .where(eq(oauthTokens.accountId, accountId))
    .returning({ id: oauthTokens.accountId });
  return rows.length === 1;
}
