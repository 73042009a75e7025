import { and, eq, isNotNull, isNull, ne, sql } from "drizzle-orm";
import type { Queryable, Tx } from "./connection.ts";
import type { AccountRow } from "./posts.ts";
import { accounts, posts, rateLimits } from "./schema.ts";

export async function defaultAccount(db: Queryable): Promise<AccountRow | undefined> {
  const [row] = await db.select().from(accounts).where(eq(accounts.isDefault, true));
  return row;
}

/**
 * Stores who signed in. New posts belong to whoever signed in last, so that a sign-in as the wrong account is
 * undone by the next one. Drafts that waited for an account are given to it.
 */
export async function upsertAccount(
  tx: Tx,
  who: { xUserId: string; username: string; name: string; subscriptionType: string | null },
): Promise<{ account: AccountRow; former: string | undefined; adopted: number }> {
  const [former] = await tx
    .update(accounts)
    .set({ isDefault: false })
    .where(and(eq(accounts.isDefault, true), ne(accounts.xUserId, who.xUserId)))
    .returning({ username: accounts.username });
  const { username, name, subscriptionType } = who;
  const [account] = await tx
    .insert(accounts)
    .values({ ...who, isDefault: true })
    .onConflictDoUpdate({ target: accounts.xUserId, set: { username, name, subscriptionType, isDefault: true } })
    .returning();
  if (account === undefined) throw new Error("an insert that returns nothing");
  const adopted = await tx
    .update(posts)
    .set({ accountId: account.id, revision: sql`${posts.revision} + 1` })
    .where(isNull(posts.accountId))
    .returning({ id: posts.id });
  return { account, former: former?.username, adopted: adopted.length };
}

/** Stops every post of an account until then: no credits, spend cap. */
export async function holdAccount(db: Queryable, accountId: string, code: string, until: Date): Promise<void> {
  await db.update(accounts).set({ holdCode: code, heldUntil: until }).where(eq(accounts.id, accountId));
}

export async function liftHold(db: Queryable, accountId: string): Promise<void> {
  await db
    .update(accounts)
    .set({ holdCode: null, heldUntil: null })
    .where(and(eq(accounts.id, accountId), isNotNull(accounts.holdCode)));
}

export interface Reading {
  readonly endpoint: string;
  readonly window: string;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Date;
}

export async function storeRateLimits(db: Queryable, accountId: string, readings: readonly Reading[]): Promise<void> {
  if (readings.length === 0) return;
  await db
    .insert(rateLimits)
    .values(readings.map((reading) => ({ accountId, ...reading })))
    .onConflictDoUpdate({
      target: [rateLimits.accountId, rateLimits.endpoint, rateLimits.window],
      set: {
        limit: sql`excluded."limit"`,
        remaining: sql`excluded.remaining`,
        resetAt: sql`excluded.reset_at`,
        seenAt: sql`now()`,
      },
    });
}

/** When an endpoint that is known to be spent opens again; undefined while there is room. */
export async function spentUntil(db: Queryable, accountId: string, endpoint: string): Promise<Date | undefined> {
  const [row] = await db
    .select({ resetAt: sql<string | null>`max(${rateLimits.resetAt})` })
    .from(rateLimits)
    .where(
      and(
        eq(rateLimits.accountId, accountId),
        eq(rateLimits.endpoint, endpoint),
        eq(rateLimits.remaining, 0),
        sql`${rateLimits.resetAt} > now()`,
      ),
    );
  return row?.resetAt ? new Date(row.resetAt) : undefined;
}
