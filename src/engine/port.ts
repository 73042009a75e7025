import type { AlarmPayload } from "../core/post/alarm.ts";
import type { Tx } from "../db/connection.ts";

/** An alarm and when it rings. */
export interface Alarm extends AlarmPayload {
  readonly at: Date;
  /** Whose post it is: an engine may run the posts of one account one after the other. It is no part of the payload. */
  readonly accountId: string;
}

export type EngineName = "local" | "trigger";

/** What became of a run: still to ring, ringing, over, or unknown to the engine. */
export type RunState = "waiting" | "running" | "ended" | "lost";

/**
 * The alarm clock. It rings at least once at or after the instant, and says nothing about whether the
 * post may go out: the claim decides that. Arming the same alarm again makes no second run.
 */
export interface Engine {
  readonly name: EngineName;
  /** How long a run that has begun may take until it claims its post. */
  readonly claimsWithinMs: number;
  /** Arms in the caller's transaction: only engines that keep their alarms in psn's own database can. */
  readonly armIn?: (tx: Tx, alarm: Alarm) => Promise<string>;
  /** Returns the id of the run. */
  arm(alarm: Alarm): Promise<string>;
  /** Best effort: an alarm that rings all the same is refused by the claim. */
  disarm(runId: string): Promise<void>;
  inspect(runId: string): Promise<RunState>;
}
