import { randomUUID } from "node:crypto";
import { desc, eq, lt, sql } from "drizzle-orm";
import { Secret } from "../core/secret.ts";
import type { Queryable } from "../db/connection.ts";
import { pendingSignIns } from "../db/schema.ts";
import { decrypt, encrypt } from "./cipher.ts";
import type { Keyring } from "./keyring.ts";

/** A sign-in that was begun and waits for the person's paste. */
export interface PendingSignIn {
  readonly id: string;
  readonly state: string;
  readonly codeVerifier: Secret;
}

const LIVES_MINUTES = 10;
const identity = (id: string) => `pending_sign_ins|${id}`;

/** Keeps state and code verifier for ten minutes, encrypted: `finish` may be another process. */
export async function beginSignIn(
  db: Queryable,
  keyring: Keyring,
  begun: { state: string; codeVerifier: Secret },
): Promise<void> {
  const id = randomUUID();
  const secrets = new Secret(JSON.stringify({ state: begun.state, codeVerifier: begun.codeVerifier.reveal() }));
  await db.delete(pendingSignIns).where(lt(pendingSignIns.expiresAt, sql`now()`));
  await db.insert(pendingSignIns).values({
    id,
    secrets: encrypt(keyring, secrets, identity(id)),
    expiresAt: sql`now() + make_interval(mins => ${LIVES_MINUTES})`,
  });
}

/** The sign-ins that are still waiting, newest first. */
export async function waitingSignIns(db: Queryable, keyring: Keyring): Promise<PendingSignIn[]> {
  const rows = await db
    .select()
    .from(pendingSignIns)
    .where(sql`${pendingSignIns.expiresAt} > now()`)
    .orderBy(desc(pendingSignIns.createdAt));
  return rows.map(({ id, secrets }) => {
    const { state, codeVerifier } = JSON.parse(decrypt(keyring, secrets, identity(id)).reveal());
    return { id, state: String(state), codeVerifier: new Secret(String(codeVerifier)) };
  });
}

/** A code verifier is good for one exchange. */
export async function endSignIn(db: Queryable, id: string): Promise<void> {
  await db.delete(pendingSignIns).where(eq(pendingSignIns.id, id));
}
