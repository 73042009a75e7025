import type { ServicePlace } from "./place.ts";
import type { ServiceProgram } from "./program.ts";

/**
 * A launchd agent, which runs while its user is logged in. KeepAlive: a worker that crashed comes back, one that
 * was told to stop ends with 0 and does not. Umask is decimal: property lists have no octal.
 */
export function launchdAgent({ name }: ServicePlace, { command, folder, env, log }: ServiceProgram): string {
  const variables = Object.entries(env).map(
    ([key, value]) => `    <key>${xml(key)}</key>\n    <string>${xml(value)}</string>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by psn worker install, and taken away by psn worker uninstall. -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${xml(name)}</string>
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    <string>${xml(word)}</string>`).join("\n")}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join("\n")}
  </dict>
  <key>WorkingDirectory</key>
  <string>${xml(folder)}</string>
  <key>StandardOutPath</key>
  <string>${xml(log)}</string>
  <key>StandardErrorPath</key>
  <string>${xml(log)}</string>
  <key>Umask</key>
  <integer>${0o077}</integer>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ExitTimeOut</key>
  <integer>90</integer>
</dict>
</plist>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

const xml = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
