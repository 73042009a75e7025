import { appendSetting } from "../../config/encryptionKey.ts";
import { describeWhen } from "../../core/time/describe.ts";
import { zoneInvalid } from "../../core/time/errors.ts";
import { findZone } from "../../core/time/zone.ts";
import { makePrivateFolder } from "../../files/atomic.ts";
import { withFileLock } from "../../files/lock.ts";
import { defineCommand } from "../support/command.ts";
import { machineZone } from "../support/machineZone.ts";
import { withNext } from "../support/next.ts";

export default defineCommand({
  name: "timezone",
  summary: "Set the time zone in which times are read and shown",
  examples: ["psn setup timezone Europe/Madrid"],
  configure: (command) => command.argument("<zone>", "an IANA time zone"),
  run: async (cli, command) => {
    // No zone's name is longer; a whole text in its place would be compared with all of them.
    const zone = zoneNamed((command.args[0] ?? "").slice(0, 60));
    const { hubFile, configDir, origins } = cli.config;
    makePrivateFolder(configDir);
    await withFileLock(`${hubFile}.lock`, () => appendSetting(hubFile, "PSN_TIMEZONE", zone), { timeoutMs: 10_000 });
    const overridden = origins.PSN_TIMEZONE === "environment";
    const now = cli.now();
    const text = overridden
      ? `Stored ${zone} in ${hubFile}, but PSN_TIMEZONE of the environment is used instead.`
      : `Times are in ${zone} now: it is ${describeWhen(now, zone, now).replace(/ \(.*\)$/, "")}.`;
    return { data: { zone, file: hubFile, ...(overridden ? { overriddenBy: "environment" } : {}) }, text };
  },
});

/** Throws `zone_invalid`; where nothing like it is known, the machine's own zone is the one to run next with. */
function zoneNamed(text: string): string {
  const found = findZone(text);
  if ("zone" in found) return found.zone;
  throw withNext(zoneInvalid(found), (next) =>
    found.suggestions.length > 0 ? next : `psn setup timezone ${machineZone()}`,
  );
}
