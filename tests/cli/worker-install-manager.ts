/**
 * A stand-in for systemd's programs, run as real processes from a folder that comes first on the PATH. It writes
 * down what it is asked, and does what the unit says: starts the command with the unit's environment, and stops it.
 */
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readUnit } from "./worker-install-unit.ts";

/** What a manager's own environment may hold, taken over from some session: it is not for psn. */
const MANAGERS_OWN = {
  PATH: "/usr/bin:/bin",
  HOME: "/nonexistent",
  DATABASE_URL: "postgres://of.another.program.invalid/db",
};

export class Manager {
  readonly bin: string;
  readonly #folder: string;

  /** `folder` exists and is empty. */
  constructor(folder: string) {
    this.#folder = folder;
    this.bin = join(folder, "bin");
    mkdirSync(this.bin, { recursive: true });
    for (const name of ["systemctl", "loginctl"]) {
      const line = [process.execPath, "--no-env-file", fileURLToPath(import.meta.url), folder, name];
      writeFileSync(join(this.bin, name), `#!/bin/sh\nexec ${line.map((word) => `'${word}'`).join(" ")} "$@"\n`);
      chmodSync(join(this.bin, name), 0o755);
    }
  }

  /** What was asked since the last time. */
  asked(): string[] {
    const calls = read(join(this.#folder, "calls"))?.trim().split("\n") ?? [];
    rmSync(join(this.#folder, "calls"), { force: true });
    return calls;
  }

  /** Each is a state of the machine: no manager at all, no right to linger, one that refuses units or can't start them. */
  set(state: "down" | "no-lingering" | "refuses" | "does-not-start", on: boolean): void {
    if (on) writeFileSync(join(this.#folder, state), "");
    else rmSync(join(this.#folder, state), { force: true });
  }
}

const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);

function answer(folder: string, program: string, args: readonly string[]): number | Promise<number> {
  const has = (name: string) => existsSync(join(folder, name));
  const [verb = "", ...rest] = args.filter((arg) => !arg.startsWith("-"));
  const name = rest.at(-1) ?? "";
  if (program === "loginctl") {
    if (verb === "show-user") console.log(has("lingers") ? "yes" : "no");
    else if (has("no-lingering")) return fail("Could not enable linger: Interactive authentication required.");
    else writeFileSync(join(folder, "lingers"), "");
    return 0;
  }
  if (has("down")) return fail("Failed to connect to bus: No medium found");
  const enabled = join(folder, `${name}.enabled`);
  switch (verb) {
    case "daemon-reload":
      return 0;
    case "show":
      if (name === "") console.log("Version=252");
      else console.log(show(folder, name, existsSync(enabled)));
      return 0;
    case "enable":
      if (has("refuses")) return fail(`Failed to enable unit: Unit ${name} is masked.`);
      writeFileSync(enabled, "");
      if (has("does-not-start"))
        return fail(`Job for ${name} failed because the control process exited with error code.`);
      return args.includes("--now") ? start(folder, name) : 0;
    case "restart":
      return stop(folder, name).then(() => start(folder, name));
    case "stop":
      return stop(folder, name);
    case "disable":
      rmSync(enabled, { force: true });
      return stop(folder, name);
    default:
      return fail(`Unknown command verb ${verb}.`);
  }
}

function show(folder: string, name: string, enabled: boolean): string {
  const pid = livingPid(folder, name);
  const states = [`MainPID=${pid ?? 0}`, `ActiveState=${pid === undefined ? "inactive" : "active"}`];
  return [...states, `UnitFileState=${enabled ? "enabled" : "disabled"}`].join("\n");
}

function livingPid(folder: string, name: string): number | undefined {
  const pid = Number(read(join(folder, `${name}.pid`)) ?? 0);
  try {
    return pid > 0 && process.kill(pid, 0) && !/^State:\s+Z/m.test(read(`/proc/${pid}/status`) ?? "") ? pid : undefined;
  } catch {
    return undefined; // It has ended.
  }
}

function start(folder: string, name: string): number {
  if (livingPid(folder, name) !== undefined) return 0;
  const unit = readUnit(readFileSync(join(process.env["HOME"] ?? "", ".config/systemd/user", name), "utf8"));
  // As systemd.exec tells, for a user's manager.
  const env: Record<string, string> = { ...MANAGERS_OWN, ...unit.env };
  for (const variable of unit.unset) delete env[variable];
  const child = Bun.spawn([...unit.command], {
    env,
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", Bun.file(join(folder, "journal"))],
  });
  writeFileSync(join(folder, `${name}.pid`), `${child.pid}`);
  child.unref();
  return 0;
}

async function stop(folder: string, name: string): Promise<number> {
  const pid = livingPid(folder, name);
  if (pid !== undefined) process.kill(pid, "SIGTERM");
  while (livingPid(folder, name) !== undefined) await Bun.sleep(20);
  return 0;
}

function fail(complaint: string): number {
  console.error(complaint);
  return 1;
}

if (import.meta.main) {
  const [folder = "", program = "", ...args] = process.argv.slice(2);
  appendFileSync(join(folder, "calls"), `${[program, ...args].join(" ")}\n`);
  process.exit(await answer(folder, program, args));
}
