import { and, desc, eq, isNotNull, isNull, lte, ne, sql } from "drizzle-orm";
import type { HoldCode } from "../core/post/holds.ts";
import type { Queryable, Tx } from "./connection.ts";
import type { AccountRow } from "./posts.ts";
import { accounts, posts, rateLimits } from "./schema.ts";

export async function defaultAccount(db: Queryable): Promise<AccountRow | undefined> {
  const [row] = await db.select().from(accounts).where(eq(accounts.isDefault, true));
  return row;
}

/** The account of a handle, with or without @, in any case; without one, the default account. */
export async function accountNamed(db: Queryable, handle: string | undefined): Promise<AccountRow | undefined> {
  if (handle === undefined) return defaultAccount(db);
  const name = handle.trim().replace(/^@/, "").toLowerCase();
  const [row] = await db.select().from(accounts).where(sql`lower(${accounts.username}) = ${name}`);
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

/** Stops every post of an account until then. */
export async function holdAccount(db: Queryable, accountId: string, code: HoldCode, until: Date): Promise<void> {
  await db.update(accounts).set({ holdCode: code, heldUntil: until }).where(eq(accounts.id, accountId));
}

/** True for the one caller that lifts the hold. */
export async function liftHold(db: Queryable, accountId: string, only?: HoldCode): Promise<boolean> {
  const rows = await db
    .update(accounts)
    .set({ holdCode: null, heldUntil: null })
    .where(
      and(eq(accounts.id, accountId), only === undefined ? isNotNull(accounts.holdCode) : eq(accounts.holdCode, only)),
    )
    .returning({ id: accounts.id });
  return rows.length === 1;
}

/** The next post that comes tries whether the hold is over. */
export async function probeHold(db: Queryable, accountId: string, now: Date): Promise<void> {
  await db
    .update(accounts)
    .set({ heldUntil: now })
    .where(and(eq(accounts.id, accountId), isNotNull(accounts.holdCode)));
}

/** When a hold is over, one post tries for all of the account: `mine` for its caller, until `until` for the others. */
export async function tryHold(
  db: Queryable,
  accountId: string,
  now: Date,
  until: Date,
): Promise<
  { readonly kind: "mine" | "lifted" } | { readonly kind: "held"; readonly code: string; readonly until: Date }
> {
  const mine = await db
    .update(accounts)
    .set({ heldUntil: until })
    .where(and(eq(accounts.id, accountId), isNotNull(accounts.holdCode), lte(accounts.heldUntil, now)))
    .returning({ id: accounts.id });
  if (mine.length === 1) return { kind: "mine" };
  const [account] = await db.select().from(accounts).where(eq(accounts.id, accountId));
  const { holdCode, heldUntil } = account ?? {};
  return holdCode && heldUntil ? { kind: "held", code: holdCode, until: heldUntil } : { kind: "lifted" };
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

/** The limits of an account of which nothing is left: the one that opens last for each endpoint. */
export async function spentLimits(db: Queryable, accountId: string): Promise<Reading[]> {
  return await db
    .selectDistinctOn([rateLimits.endpoint])
    .from(rateLimits)
    .where(and(eq(rateLimits.accountId, accountId), eq(rateLimits.remaining, 0), sql`${rateLimits.resetAt} > now()`))
    .orderBy(rateLimits.endpoint, desc(rateLimits.resetAt));
}
