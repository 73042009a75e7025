import { readEnvironment } from "../../config/environment.ts";
import { type Config, loadConfig } from "../../config/load.ts";
import type { Orm } from "../../db/connection.ts";
import { xOAuthFor } from "../../hub/x.ts";
import { renewIdle } from "../../vault/keepAlive.ts";
import { forgetHolder, newestKnown, showKey } from "../../vault/keys.ts";
import { keyringHere } from "../support/keyring.ts";

const SHOW_EVERY_MS = 30_000;
/** A key that is not here yet is looked for more often: somebody is copying it. */
const LACKING_EVERY_MS = 5_000;
const RENEW_EVERY_MS = 6 * 3_600_000;

/**
 * What the worker does for the sign-ins besides publishing: it shows which key it has, so that a new one is used only
 * when everybody has it, and renews what nothing else has renewed for long.
 */
export class Care {
  readonly #orm: Orm;
  readonly #name: string;
  readonly #log: (line: string) => void;
  readonly #fail: (what: string, error: unknown) => void;
  #shownAt = Number.NEGATIVE_INFINITY;
  /** The newest key that was here, and the newest that the database knew of then. */
  #shown = 0;
  #known = 0;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #renewing: Promise<void> | undefined;
  readonly #open: Set<Promise<void>>;
  readonly #settings: () => Config;

  constructor(
    orm: Orm,
    name: string,
    told: { log: (line: string) => void; fail: (what: string, error: unknown) => void },
    open: Set<Promise<void>>,
    settings: () => Config = () => loadConfig(readEnvironment()),
  ) {
    this.#settings = settings;
    this.#open = open;
    this.#orm = orm;
    this.#name = name;
    this.#log = told.log;
    this.#fail = told.fail;
  }

  /** Called about once a second; does something now and then, and never waits for X. Throws `key_missing`. */
  async tick(): Promise<void> {
    const newest = await newestKnown(this.#orm);
    if (newest === undefined) return;
    const now = performance.now();
    // Whoever rotates the key waits for this worker: a new one is answered at once.
    const every = this.#shown < newest ? LACKING_EVERY_MS : SHOW_EVERY_MS;
    if (newest <= this.#known && now - this.#shownAt < every) return;
    this.#known = newest;
    this.#shownAt = now;
    // Read anew each time: the key may have been rotated meanwhile.
    const config = this.#settings();
    const keyring = await keyringHere(config, this.#orm);
    this.#shown = Math.max(...keyring.keys.keys());
    await showKey(this.#orm, this.#name, this.#shown);
    if (this.#renewing !== undefined || now - this.#renewedAt < RENEW_EVERY_MS) return;
    this.#renewedAt = now;
    const sleep = (ms: number) => Bun.sleep(ms);
    this.#renewing = renewIdle({
      orm: this.#orm,
      keyring,
      oauth: xOAuthFor(config),
      now: () => new Date(),
      sleep,
      open: this.#open,
    })
      .then((renewals) => {
        for (const { username, outcome } of renewals) this.#log(`sign-in of @${username}: ${outcome}`);
      })
      .catch((error: unknown) => this.#fail("sign-ins", error))
      .finally(() => {
        this.#renewing = undefined;
      });
  }

  /** Requests that X has not answered in time stay in `open`, for whoever closes the database. */
  async end(): Promise<void> {
    await this.#renewing;
    await forgetHolder(this.#orm, this.#name);
  }
}
