import { and, asc, eq, isNull, lt, not, notInArray, sql } from "drizzle-orm";
import { accounts, oauthTokens } from "../db/schema.ts";
import { isRefreshing, leaseRefresh, refresh, type TokenSourceParts } from "./refresh.ts";
import type { TokenRow } from "./tokens.ts";

/** X forgets a refresh token that nobody has used for about six months; a token is looked after long before. */
const EXPIRES_WITHIN_DAYS = 7;
const AT_MOST_EVERY_HOURS = 20;

/** What became of one sign-in. */
export interface Renewal {
  readonly username: string;
  /** `dead`: the person must sign in again. The last two are tried again next time; why is in the database. */
  readonly outcome: "renewed" | "dead" | "app_refused" | "later";
}

/**
 * Renews the sign-ins that nothing else has renewed lately, one after the other. Several processes may do so at once:
 * a row that another one has locked or leased is passed over.
 */
export async function renewIdle(parts: TokenSourceParts): Promise<Renewal[]> {
  const seen: Renewal[] = [];
  const done: string[] = [];
  for (;;) {
    const next = await takeNext(parts, done);
    if (next === undefined) return seen;
    done.push(next.row.accountId);
    const answer = await refresh(parts, next.row, next.lease);
    const outcome = answer === "look again" ? "renewed" : answer.why;
    if (outcome !== "none") seen.push({ username: next.username, outcome });
  }
}

function takeNext(
  { orm }: TokenSourceParts,
  done: readonly string[],
): Promise<{ row: TokenRow; username: string; lease: string } | undefined> {
  return orm.transaction(async (tx) => {
    const [found] = await tx
      .select({ row: oauthTokens, username: accounts.username })
      .from(oauthTokens)
      .innerJoin(accounts, eq(accounts.id, oauthTokens.accountId))
      .where(
        and(
          isNull(oauthTokens.deadCode),
          lt(oauthTokens.expiresAt, sql`now() + make_interval(days => ${EXPIRES_WITHIN_DAYS})`),
          lt(oauthTokens.refreshedAt, sql`now() - make_interval(hours => ${AT_MOST_EVERY_HOURS})`),
          not(isRefreshing),
          done.length === 0 ? undefined : notInArray(oauthTokens.accountId, [...done]),
        ),
      )
      .orderBy(asc(oauthTokens.refreshedAt))
      .limit(1)
      .for("update", { of: oauthTokens, skipLocked: true });
    return found === undefined ? undefined : { ...found, lease: await leaseRefresh(tx, found.row.accountId) };
  });
}
