import { dirname } from "node:path";
import { PsnError } from "../../core/errors.ts";
import { cannotWrite, systemCode } from "../../files/errors.ts";
import { withNext } from "./next.ts";

/** Why a file that a person named could not be written. `error` is what the system, or `src/files`, said. */
export function notWritten(file: string, error: unknown): unknown {
  const cause = error instanceof PsnError ? error.cause : error;
  if (/^(ENOENT|ENOTDIR)$/.test(systemCode(cause) ?? "")) {
    return new PsnError("state_unwritable", `There is no folder ${JSON.stringify(dirname(file))}.`, {
      next: "make that folder, or name another file, then run the command again",
      cause,
    });
  }
  return withNext(cannotWrite(file, cause), (next) =>
    next.includes("PSN_STATE_DIR") ? "name a file in a folder that you can write, then run the command again" : next,
  );
}
