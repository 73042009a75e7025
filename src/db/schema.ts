/**
 * The tables. What the promises need is held by constraints here, so that a mistake in code
 * becomes an error and never a second tweet.
 */
export * from "./tables/accounts.ts";
export * from "./tables/ledgers.ts";
export * from "./tables/posts.ts";
export * from "./tables/vault.ts";
