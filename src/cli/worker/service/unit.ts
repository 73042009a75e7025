import type { ServiceProgram } from "./program.ts";

/**
 * A systemd user unit. Restart: a worker that crashed comes back, one that was told to stop does not.
 * KillMode: the embedded database, which the worker may have started, serves other commands too.
 */
export function systemdUnit({ command, folder, env, unset }: ServiceProgram): string {
  const environment = Object.entries(env).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`);
  return `# Written by psn worker install, and taken away by psn worker uninstall.
[Unit]
Description=psn worker, publishes scheduled posts (${literal(folder)})
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${commandLine(command)}
WorkingDirectory=-${literal(folder)}
${environment.join("\n")}
UnsetEnvironment=${unset.join(" ")}
UMask=0077
Restart=on-failure
RestartSec=5
KillMode=process
OOMPolicy=continue
TimeoutStopSec=90

[Install]
WantedBy=default.target
`;
}

/**
 * systemd refuses a program whose own path holds a quote or a backslash ("Executable name contains special
 * characters"), however it is written; as an argument of the shell it may.
 */
function commandLine(command: ServiceProgram["command"]): string {
  const [program, ...args] = command;
  if (/["'\\]/.test(program)) return `/bin/sh -c ${argument('exec "$0" "$@"')} ${command.map(argument).join(" ")}`;
  return [quoted(program), ...args.map(argument)].join(" ");
}

/** Variables are put into arguments, not into the path of the program (systemd.service, "Command lines"). */
const argument = (text: string) => quoted(text).replaceAll("$", "$$$$");

const quoted = (text: string) => `"${literal(text.replaceAll(/["\\]/g, "\\$&"))}"`;

/** %h and the like stand for something (systemd.unit, "Specifiers"). */
const literal = (text: string) => text.replaceAll("%", "%%");
