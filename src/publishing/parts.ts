import type { PsnError } from "../core/errors.ts";
import type { Orm } from "../db/connection.ts";
import type { Engine, EngineName } from "../engine/port.ts";
import type { XClient } from "../platforms/x/client.ts";
import type { TokenSource } from "../vault/refresh.ts";
import type { LimitBook } from "./limits.ts";

/** What writing and arming a post needs. No use case calls X: that is done inside jobs only. */
export interface DeskParts {
  readonly orm: Orm;
  /** Which engine arms here. */
  readonly engineName: EngineName;
  /**
   * That engine, or the one named: an alarm stays with the engine that has it. Opened only by what arms or disarms, since
   * an engine costs time to load.
   */
  readonly engine: (name?: EngineName) => Promise<Engine>;
  /** Told that a post is stored and its alarm could not be set; `reconcile` sets it. */
  readonly onUnarmed: (problem: PsnError) => void;
  readonly now: () => Date;
}

/** What publishing needs besides. */
export interface PressParts extends DeskParts {
  readonly x: XClient;
  readonly tokens: TokenSource;
  readonly limits: LimitBook;
  /** Milliseconds from any fixed point; unlike `now` it never jumps. */
  readonly monotonic: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly policy: PublishPolicy;
  /** Called at the named points of publishing a post. The tests that kill a process at a point hang on it. */
  readonly at: (point: PublishPoint, postId: string) => Promise<void> | void;
}

export type PublishPoint =
  | "claimed"
  | "before_intent"
  | "after_intent"
  | "answered"
  | "stored"
  | "between_tweets"
  | "before_upload"
  | "uploaded"
  | "before_wait";

export interface PublishPolicy {
  /** How long after an unanswered request X's timeline is asked for it. */
  readonly settleMs: number;
  /** How long after the first look without a finding the second is taken. */
  readonly secondLookMs: number;
  /** A tweet that is proven absent is sent again only this long after its attempt. */
  readonly resendWithinMs: number;
  /** One request to X may take this long; shorter than a lease. */
  readonly requestMs: number;
  /** Waits up to this length are spent in the run; longer ones end it and arm the next. */
  readonly inlineWaitMs: number;
  readonly maxTries: number;
}

export const DEFAULT_POLICY: PublishPolicy = {
  settleMs: 15_000,
  secondLookMs: 60_000,
  resendWithinMs: 15 * 60_000,
  requestMs: 8_000,
  inlineWaitMs: 30_000,
  maxTries: 3,
};
