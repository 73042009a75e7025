import type { PsnError } from "../../../core/errors.ts";
import { toPsnError } from "../../support/output.ts";

/** One thing that psn needs, tried out. */
export interface Check {
  readonly check: string;
  /** `warning`: psn works, and something should be known or changed. */
  readonly state: "ok" | "warning" | "failed";
  readonly detail: string;
  /** The fix: a command or an act. */
  readonly next?: string;
}

export const ok = (check: string, detail: string): Check => ({ check, state: "ok", detail });
export const warning = (check: string, detail: string, next: string): Check => ({
  check,
  state: "warning",
  detail,
  next,
});
export const failed = (check: string, detail: string, next: string): Check => ({
  check,
  state: "failed",
  detail,
  next,
});

/** Runs checks that may fail by throwing: then `name` is what failed. */
export async function tried(name: string, checks: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await checks();
  } catch (error) {
    const { message, next }: PsnError = toPsnError(error);
    return [failed(name, message, next ?? "psn setup status")];
  }
}
