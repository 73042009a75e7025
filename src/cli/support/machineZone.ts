import { findZone } from "../../core/time/zone.ts";

/**
 * The zone that this machine is set to (TZ, else its own setting), as a proposal: a person may live elsewhere. UTC when
 * it is set to that, or to what names no place ("Etc/GMT+3").
 */
export function machineZone(): string {
  const found = findZone(Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
  return "zone" in found ? found.zone : "UTC";
}
