import type { PostStatus, SubStatus } from "../../src/core/post/states.ts";
import type { FaultInput } from "../../src/sandbox/world/fault-script.ts";
import type { Scene } from "./scene.ts";

/** One post, and one thing that goes wrong with it. */
export interface Drill {
  /** For `--only`. Also the handle of its X account and the mark in its texts, so it is a word of 15 letters at most. */
  readonly name: string;
  /** What is thrown at psn, in 28 characters. */
  readonly thrown: string;
  /** The same in a sentence, and what psn must make of it. */
  readonly means: string;
  /** How many tweets the post has. */
  readonly tweets: number;
  readonly expects: Expected;
  /** What X does with the calls of this post. Each must strike, or the drill counts as not carried out. */
  readonly faults?: readonly DrillFault[];
  /** It ends processes, or takes X away: no other drill uses its psn. */
  readonly alone?: true;
  /** How long the post may take to come to its end, in seconds; those that take longest begin first. @default 60 */
  readonly within?: number;
  /** What is done. Afterwards the post is waited for. @default it is approved and published */
  readonly act?: (scene: Scene) => Promise<void>;
}

/** How the post must end. */
export interface Expected {
  readonly status: PostStatus;
  readonly subStatus: SubStatus | null;
  /** So many of its tweets, from the first, must be on X. */
  readonly out: number;
  /** The tweets (2 for the second) that must not reply to the one before, and to which they do; null replies to none. */
  readonly under?: Readonly<Record<number, number | null>>;
}

/** A fault of X, tied to one drill by where it strikes. */
export interface DrillFault {
  readonly on: "create" | "timeline" | "upload";
  /** From the nth such call on. @default 1 */
  readonly nth?: number;
  /** How many calls it strikes. @default 1 */
  readonly times?: number;
  readonly action: FaultInput["action"];
}
