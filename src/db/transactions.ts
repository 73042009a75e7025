import type { Sql, TransactionSql } from "postgres";
import { isConnectionLost } from "./failures.ts";

/** The server closes the connection right after it said why; a connection that lives on has another reason. */
const CLOSES_WITHIN_MS = 1_000;

/**
 * The same pool, whose transactions survive the loss of their connection. postgres.js 3.4.9 sends the rollback, the
 * commit or the next statement of a transaction into a connection that is gone, which ends the whole process with an
 * error that nobody can catch (porsager/postgres#1208). Here nothing more is sent then, and `begin` rejects.
 */
export function withSafeTransactions(sql: Sql): Sql {
  const begin = (work: (tx: TransactionSql) => Promise<unknown>) => safely(sql, work);
  return new Proxy(sql, {
    get: (target, key) => (key === "begin" ? begin : Reflect.get(target, key)),
  });
}

async function safely(sql: Sql, work: (tx: TransactionSql) => Promise<unknown>): Promise<unknown> {
  let isGone = false;
  let tellGone = () => {};
  const gone = new Promise<true>((resolve) => {
    tellGone = () => resolve(true);
  });
  const goesAway = () => Promise.race([gone, new Promise((resolve) => setTimeout(resolve, CLOSES_WITHIN_MS))]);
  try {
    return await sql.begin(async (tx) => {
      try {
        const result = await work(guarded(tx, () => isGone));
        return isGone ? await NEVER : result;
      } catch (error) {
        if (isGone || (isConnectionLost(error) && (await goesAway()) === true)) return await NEVER;
        throw error;
      }
    });
  } finally {
    // `begin` rejects by itself as soon as the connection closes; what its work does after that has no effect.
    isGone = true;
    tellGone();
  }
}

/** What waits for this sends nothing more, and is forgotten with its transaction. */
const NEVER = new Promise<never>(() => undefined);

function guarded(tx: TransactionSql, isGone: () => boolean): TransactionSql {
  const unsafe: TransactionSql["unsafe"] = (...statement) => {
    if (isGone())
      throw Object.assign(new Error("the connection of the transaction is gone"), { code: "CONNECTION_CLOSED" });
    return tx.unsafe(...statement);
  };
  return new Proxy(tx, { get: (target, key) => (key === "unsafe" ? unsafe : Reflect.get(target, key)) });
}
