import type { TokenSource } from "../../vault/refresh.ts";
import { notice } from "./output.ts";

/** How long an answer may take before the person is told what is waited for. */
const SILENT_MS = 300;

/** X may have renewed a sign-in that it has not answered for: a command ends only when that is stored. */
export async function waitForLate(tokens: Pick<TokenSource, "settled">): Promise<void> {
  const told = setTimeout(() => {
    notice("X has not answered yet whether it renewed the sign-in. psn waits: the old one may be spent.");
  }, SILENT_MS);
  await tokens.settled();
  clearTimeout(told);
}
