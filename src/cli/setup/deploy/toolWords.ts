import { PsnError } from "../../../core/errors.ts";
import { deployFailed, notReached } from "./errors.ts";
import { type Link, proveKey } from "./link.ts";
import type { ToolEnd } from "./runTool.ts";

const TOLD_LINES = 3;
const LINE_LENGTH = 200;

/** The deployment that the CLI made, as Trigger.dev numbers them: `20261122.3`; undefined where it did not say. */
export const versionIn = ({ lines }: ToolEnd): string | undefined =>
  lines.map((line) => /\bdeployed version (\S+)/i.exec(line)?.[1]).findLast((found) => found !== undefined);

/** Why a deploy failed: the platform is asked once more, since the CLI's words tell little of a network or a key. */
export async function failureOf({ exit, lines }: ToolEnd, link: Link, log: string): Promise<PsnError> {
  const said = complaintsIn(lines);
  try {
    await proveKey(link);
  } catch (error) {
    if (!(error instanceof PsnError)) throw error;
    return error.code === "engine_unavailable"
      ? notReached(link.apiUrl, log, said)
      : deployFailed(error.message, log, said);
  }
  const how = exit === null ? "was killed" : `ended with ${exit}`;
  return deployFailed(`The deploy failed: the Trigger.dev CLI ${how}.`, log, said);
}

/** The last lines that speak of an error; where none does, simply the last. */
function complaintsIn(lines: readonly string[]): string[] {
  const full = lines.filter((line) => line.trim() !== "");
  const complaints = full.filter((line) => /error|fail|denied|not found|unauthorized/i.test(line));
  return (complaints.length > 0 ? complaints : full)
    .slice(-TOLD_LINES)
    .map((line) => line.trim().slice(0, LINE_LENGTH));
}
