import { PsnError } from "../../core/errors.ts";

/** The platform does not know the run (any more), or it is another environment's. */
export const isUnknownRun = (error: unknown): boolean => statusOf(error) === 404;

/** What Trigger.dev answered, as psn tells it; its own words go into the details. */
export function engineFailure(error: unknown): PsnError {
  if (error instanceof PsnError) return error;
  const status = statusOf(error);
  const said = error instanceof Error ? error.message.slice(0, 300) : typeof error;
  const facts = { details: { said, ...(status === undefined ? {} : { status }) }, cause: error };
  if (status === 401 || status === 403) {
    return new PsnError("engine_unavailable", "Trigger.dev does not accept the key.", {
      next: "put the project's production key into TRIGGER_SECRET_KEY of the secrets file",
      ...facts,
    });
  }
  if (status !== undefined && status >= 400 && status < 500 && status !== 429) {
    return new PsnError("engine_unavailable", `Trigger.dev refuses the request (${status}).`, {
      next: "psn setup doctor",
      ...facts,
    });
  }
  return new PsnError("engine_unavailable", "Trigger.dev does not answer.", { next: "psn status", ...facts });
}

/** The key of this very alarm belongs to a run that is over or rings at another time: `taken` in the details. */
export const keyTaken = (status: string): PsnError =>
  new PsnError("engine_unavailable", `Trigger.dev has another run under this alarm's key (${status}).`, {
    next: "psn status",
    details: { taken: true },
  });

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && "status" in error && typeof error.status === "number" ? error.status : undefined;
}
