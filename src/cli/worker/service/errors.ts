import { PsnError } from "../../../core/errors.ts";
import type { Answer } from "./runProgram.ts";

/** This machine has nothing that psn could hand its worker to; `crontab` is the line that does without. */
export const noServices = (why: string, crontab: string) =>
  new PsnError("service_unavailable", `${why} Nothing was installed.`, {
    next: `add this line with crontab -e: ${crontab}`,
    details: { crontab },
  });

export const serviceRefused = (what: string, { complaint, exit }: Answer) =>
  new PsnError(
    "service_unavailable",
    `${what} failed: ${sentence(complaint || `it ended with ${exit ?? "a signal"}`)}`,
    {
      next: "psn worker status",
    },
  );

export const notServing = (log: string, why?: string) => {
  const because = why === undefined ? "" : `: ${why.replace(/\.$/, "")}`;
  return new PsnError(
    "service_unavailable",
    `The service is installed, but its worker does not serve${because} (log: ${log}).`,
    {
      next: "psn worker status",
    },
  );
};

/** Trigger.dev publishes from its own machines. */
export const nothingToInstall = () =>
  new PsnError(
    "wrong_state",
    "The engine is Trigger.dev: posts go out without this machine, so there is nothing to install.",
    {
      next: "psn setup status",
    },
  );

export const unfitPath = (path: string) =>
  new PsnError(
    "config_invalid",
    `A service can't be told of the path ${JSON.stringify(path)}: it holds a control character, or ends in a space or a backslash.`,
    { next: "move psn, or set PSN_STATE_DIR and PSN_CONFIG_DIR to other folders, then: psn worker install" },
  );

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
