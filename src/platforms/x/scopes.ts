/** Everything psn does and nothing more (X's OpenAPI document, the security of each call). */
export const X_SCOPES = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"] as const;

export type XScope = (typeof X_SCOPES)[number];

/** What a grant lacks. X lists scopes in an order of its own. */
export function missingScopes(granted: Iterable<string>): XScope[] {
  const set = new Set(granted);
  return X_SCOPES.filter((scope) => !set.has(scope));
}

export function grantedAll(granted: Iterable<string>): boolean {
  return missingScopes(granted).length === 0;
}
