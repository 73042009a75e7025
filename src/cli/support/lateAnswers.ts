import { EXIT, PsnError } from "../../core/errors.ts";
import type { TokenSource } from "../../vault/refresh.ts";
import { notice } from "./output.ts";

/** How long an answer may take before the person is told what is waited for. */
const SILENT_MS = 300;
/** Ctrl-C, a terminal that is closed, and whoever asks a process to end. */
const SIGNALS = ["SIGINT", "SIGHUP", "SIGTERM"] as const;

/** X may have renewed a sign-in that it has not answered for: a command ends only when that is stored. */
export async function waitForLate(tokens: Pick<TokenSource, "settled">): Promise<void> {
  const told = setTimeout(() => {
    notice("X has not answered yet whether it renewed the sign-in. psn waits: the old one may be spent.");
  }, SILENT_MS);
  await tokens.settled();
  clearTimeout(told);
}

/**
 * Runs what may renew a sign-in: a signal that asks the command to end is obeyed when the new one is stored, since the old
 * one may be spent. The second one is obeyed at once. Throws `interrupted`.
 */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  let asked: NodeJS.Signals | undefined;
  const obey = (signal: NodeJS.Signals) => {
    if (asked !== undefined) process.exit(EXIT.interrupted);
    asked = signal;
    notice("X may be renewing the sign-in: psn ends when that is stored. Once more ends it now.");
  };
  for (const signal of SIGNALS) process.on(signal, obey);
  const result = await work().finally(() => {
    for (const signal of SIGNALS) process.off(signal, obey);
    // Now it has the effect that it has anywhere else, whatever becomes of the error.
    if (asked !== undefined) process.kill(process.pid, asked);
  });
  if (asked === undefined) return result;
  throw new PsnError("interrupted", "Interrupted; what is done is kept.", { next: "psn setup" });
}
