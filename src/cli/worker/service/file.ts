import { readFileSync } from "node:fs";
import { writeFileAtomically } from "../../../files/atomic.ts";
import { cannotWrite, systemCode } from "../../../files/errors.ts";
import type { Change, WorkerService } from "./workerService.ts";

/** Service managers read it; it holds no secret. */
const MODE = 0o644;

/** What writing this content to the file would mean. */
export function changeOf(file: string, content: string): Change {
  const there = contentOf(file);
  if (there === undefined) return "added";
  return there === content ? "same" : "changed";
}

/**
 * Writes a service's description and has the manager take it on. Where that fails, all is again as it was: nobody
 * finds a service half installed. Throws PsnError `state_unwritable`, `disk_full` or `service_unavailable`.
 */
export async function takeOn(service: WorkerService, content: string): Promise<Change> {
  const { file } = service.place;
  const before = contentOf(file);
  const change = changeOf(file, content);
  if (change !== "same") writeFileAtomically(file, content, MODE);
  try {
    await service.start(change);
  } catch (error) {
    if (change === "added") {
      // What it can't be told to let go of it never had.
      await Promise.allSettled([service.remove()]);
      service.forget();
    } else if (before !== undefined && change === "changed") writeFileAtomically(file, before, MODE);
    throw error;
  }
  return change;
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw cannotWrite(file, error);
  }
}
