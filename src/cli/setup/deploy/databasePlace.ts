import { isIP } from "node:net";
import { type Check, failed, ok, warning } from "../doctor/check.ts";

/** How far away an address can be reached from. */
type Reach = "this machine" | "this network" | "anywhere";

/**
 * Whether a worker elsewhere can reach the database. `apiUrl`: where Trigger.dev is, since an installation on this
 * machine, or in this network, reaches what is there too. Only the address is looked at.
 */
export function checkDatabasePlace(databaseUrl: string, apiUrl: string): Check {
  const url = new URL(databaseUrl);
  const host = url.searchParams.get("host") ?? url.hostname;
  const reach = reachOf(host);
  const platform = reachOf(new URL(apiUrl).hostname);
  const name = host === "" ? "a socket" : host;
  if (reach === "this machine" && platform !== "this machine") {
    return failed(
      "database",
      `DATABASE_URL leads to ${name}, which is this machine only; Trigger.dev's worker runs elsewhere.`,
      MOVE,
    );
  }
  if (reach === "this network" && platform === "anywhere") {
    return warning(
      "database",
      `DATABASE_URL leads to ${name}, an address of this network: Trigger.dev's worker must reach it too.`,
      "psn setup deploy --check shows after the deploy whether it does",
    );
  }
  if (reach === "anywhere" && !/[?&]ssl(mode)?=/.test(databaseUrl)) {
    return warning(
      "database",
      `DATABASE_URL has no sslmode: nothing between Trigger.dev and ${name} is encrypted.`,
      "add ?sslmode=verify-full (or require) to DATABASE_URL",
    );
  }
  return ok("database", `${name}, as seen from Trigger.dev`);
}

/** Whether an address is one of this very machine. */
export const isHere = (url: string): boolean => reachOf(new URL(url).hostname) === "this machine";

/** A database of one's own that the internet reaches. */
export const MOVE =
  "put DATABASE_URL of a Postgres that the internet reaches into the secrets file, then: psn setup database";

function reachOf(hostname: string): Reach {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host === "" || host.startsWith("/")) return "this machine";
  if (/(^|\.)localhost$/.test(host) || host === "::1" || host === "::") return "this machine";
  if (isIP(host) === 4) {
    if (/^(127|0)\./.test(host)) return "this machine";
    return /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2[0-9]|3[01])\.|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.)/.test(
      host,
    )
      ? "this network"
      : "anywhere";
  }
  if (isIP(host) === 6) return /^f[cde]/.test(host) ? "this network" : "anywhere";
  return host.includes(".") && !/\.(local|lan|internal|home|home\.arpa)$/.test(host) ? "anywhere" : "this network";
}
