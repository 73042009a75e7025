import type { Secret } from "../../core/secret.ts";
import type { Release } from "../../db/claims.ts";
import type { EventKind } from "../../db/events.ts";
import type { AccountRow, Post } from "../../db/posts.ts";
import type { PressParts } from "../parts.ts";
import type { Lease } from "./lease.ts";

/** A token that X took a moment ago, and its version. */
export interface Granted {
  readonly token: Secret;
  readonly version: number;
}

/** What one run knows while it holds a post. */
export interface Run {
  readonly parts: PressParts;
  /** As it was when the current tweet was begun. */
  post: Post;
  readonly account: AccountRow;
  readonly lease: Lease;
  /** The version of the access token that X refused in this run, once it did. */
  refusedVersion: number | undefined;
  /** The token of this run, and when it was got on the monotonic clock. */
  granted: (Granted & { readonly at: number }) | undefined;
}

/** How a run ends, and the line it leaves in the post's story. */
export interface End {
  readonly release: Release;
  readonly event: EventKind;
  readonly detail: Record<string, unknown>;
}

/** A step either did its work, wants the tweet to be tried again, or ends the run. */
export type Step<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "again" }
  | { readonly kind: "end"; readonly end: End };

export const done = <T>(value: T): Step<T> => ({ kind: "done", value });
export const again: Step<never> = { kind: "again" };
export const ended = (end: End): Step<never> => ({ kind: "end", end });

export const failed = (
  failure: { code: string; message: string; next: string },
  subStatus: Extract<Release, { to: "failed" }>["subStatus"] = null,
): End => ({
  release: { to: "failed", subStatus, failure },
  event: subStatus === "missed" ? "missed" : "failed",
  detail: { code: failure.code, message: failure.message },
});

export const wait = (
  at: Date,
  subStatus: Extract<Release, { to: "scheduled" }>["subStatus"],
  failure?: { code: string; message: string; next: string },
): End => ({
  release: { to: "scheduled", subStatus, at, ...(failure === undefined ? {} : { failure }) },
  event: "waiting",
  detail: { until: at.toISOString(), ...(failure === undefined ? {} : { code: failure.code }) },
});

/** Fills the post's id into the command that mends a failure. */
export const named = (next: string, postId: string): string => next.replaceAll(/\bID\b/g, postId);
