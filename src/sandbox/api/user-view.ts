import type { Account } from "../world/accounts.ts";

/** An account as a read returns it: id, name and username always, the rest when it was asked for. */
export function userObject(account: Account, fields: readonly string[]): Record<string, unknown> {
  const object: Record<string, unknown> = { id: account.id, name: account.name, username: account.handle };
  const optional: readonly (readonly [string, unknown])[] = [
    ["subscription_type", account.subscription],
    ["verified_type", account.verifiedType],
    ["verified", account.verifiedType !== "none"],
    ["protected", account.protected],
    ["created_at", account.createdAt.toISOString()],
    ["description", ""],
  ];
  for (const [name, value] of optional) if (fields.includes(name)) object[name] = value;
  return object;
}
