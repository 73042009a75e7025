import { type Account, type AccountSeed, Accounts } from "./accounts.ts";
import { Billing } from "./billing.ts";
import { type FaultInput, faultSchema } from "./fault-script.ts";
import { FaultBook } from "./faults.ts";
import { ACCESS_LIFETIME_SECS, Grants } from "./grants.ts";
import { Snowflakes } from "./ids.ts";
import { Journal } from "./journal.ts";
import { type DailyLimit, type LimitChange, Limits } from "./limits.ts";
import { MediaLibrary } from "./media.ts";
import { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
import { type SandboxState, stateOf } from "./state.ts";
import { normalized, PLAIN_OPTIONS, type StoredTweet, Tweets } from "./tweets.ts";

/** The developer's app as registered with X. */
export interface AppRegistration {
  readonly name: string;
  readonly clientId: string;
  /** Null registers a public client (Native App), which has no secret. */
  readonly clientSecret: string | null;
  /** Callback URLs; a request must name one of them exactly. */
  readonly redirectUris: readonly string[];
  /** A bearer that speaks for the app alone, which no endpoint here accepts. */
  readonly appBearer: string;
}

/** Tokens for something that starts signed in. Handed out only to who asks for them; no state shows them. */
export interface DirectGrant {
  readonly accountId: string;
  readonly handle: string;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly scope: string;
  readonly expiresInSecs: number;
}

const ALL_SCOPES = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"] as const;

/** Everything that this X knows, and what a test or a person may do to it behind the API's back. */
export class World {
  readonly app: AppRegistration;
  readonly now: () => Date;
  readonly #ids = new Snowflakes();
  readonly #seeds: readonly AccountSeed[];
  settings: Settings = DEFAULT_SETTINGS;
  accounts: Accounts;
  grants = new Grants();
  tweets = new Tweets(this.#ids);
  media = new MediaLibrary(this.#ids);
  limits = new Limits();
  billing = new Billing();
  journal = new Journal();
  readonly faults = new FaultBook();

  constructor(app: AppRegistration, accounts: readonly AccountSeed[], now: () => Date) {
    this.app = app;
    this.now = now;
    this.#seeds = accounts;
    this.accounts = accountsFrom(accounts);
  }

  state(): SandboxState {
    return stateOf(this);
  }

  /** Back to how it started. `keepGrants` leaves accounts and tokens as they are, so that nobody has to sign in again. */
  reset(options: { keepGrants?: boolean | undefined } = {}): void {
    this.faults.clear();
    this.settings = DEFAULT_SETTINGS;
    this.tweets = new Tweets(this.#ids);
    this.media = new MediaLibrary(this.#ids);
    this.limits = new Limits();
    this.billing = new Billing();
    this.journal = new Journal();
    if (options.keepGrants === true) return;
    this.accounts = accountsFrom(this.#seeds);
    this.grants = new Grants();
  }

  configure(change: { readonly [K in keyof Settings]?: Settings[K] | undefined }): Settings {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    this.settings = { ...this.settings, ...given };
    return this.settings;
  }

  /** Returns the fault's id, for release. */
  addFault(fault: FaultInput): number {
    return this.faults.add(faultSchema.parse(fault));
  }

  clearFaults(): void {
    this.faults.clear();
  }

  /** Lets held requests go on; returns how many there were. */
  release(fault?: number): number {
    return this.faults.release(fault);
  }

  putAccount(seed: AccountSeed): Account {
    return this.accounts.put(seed);
  }

  /** Signs an account in without the consent page. */
  grant(
    options: {
      account?: string | undefined;
      scopes?: readonly string[] | undefined;
      expiresInSecs?: number | undefined;
    } = {},
  ): DirectGrant {
    const account = this.accounts.require(options.account);
    const lifetime = options.expiresInSecs ?? ACCESS_LIFETIME_SECS;
    const issued = this.grants.issueDirectly(account, options.scopes ?? ALL_SCOPES, this.now(), lifetime);
    return {
      accountId: account.id,
      handle: account.handle,
      accessToken: issued.accessToken,
      refreshToken: issued.refreshToken,
      scope: issued.scopes.join(" "),
      expiresInSecs: lifetime,
    };
  }

  /** Access tokens of one account, or of all, end now. */
  expireAccessTokens(account?: string): void {
    this.grants.expireAccess(this.#accountOrAll(account));
  }

  expireCodes(): void {
    this.grants.expireCodes();
  }

  /** The person removes the app from the account: every token of it is dead. */
  revokeGrants(account?: string): void {
    this.grants.revokeAll(this.#accountOrAll(account));
  }

  setCredits(usd: number | null): void {
    this.billing.setCredits(usd);
  }

  setSpendCap(until: string | null): void {
    this.billing.setSpendCap(until);
  }

  setLimit(change: LimitChange): void {
    this.limits.change(change);
  }

  setDailyLimit(limit: DailyLimit): void {
    this.limits.changeDaily(limit);
  }

  expireMedia(id?: string): void {
    this.media.expire(id);
  }

  /** A tweet that somebody writes on x.com: a stranger's, or the person's own by hand. No rule of the API applies. */
  writeTweet(tweet: { account?: string | undefined; text: string; replyTo?: string | undefined }): StoredTweet {
    const parent = tweet.replyTo === undefined ? null : this.#requireTweet(tweet.replyTo);
    const account = this.accounts.require(tweet.account);
    return this.tweets.create(
      { account, text: normalized(tweet.text), parent, media: [], options: PLAIN_OPTIONS },
      this.now(),
    );
  }

  /** As a person edits on x.com: the new version has an id of its own. */
  editTweet(id: string, text: string): StoredTweet {
    return this.tweets.edit(this.#requireTweet(id), text, this.now());
  }

  /** As a person deletes on x.com. */
  deleteTweet(id: string): void {
    this.tweets.delete(this.#requireTweet(id));
  }

  #requireTweet(id: string): StoredTweet {
    const tweet = this.tweets.find(id);
    if (tweet === undefined) throw new Error(`The sandbox has no tweet ${id}.`);
    return tweet;
  }

  #accountOrAll(handle: string | undefined): Account | undefined {
    return handle === undefined ? undefined : this.accounts.require(handle);
  }
}

function accountsFrom(seeds: readonly AccountSeed[]): Accounts {
  const accounts = new Accounts();
  for (const seed of seeds) accounts.put(seed);
  return accounts;
}
