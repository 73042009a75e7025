import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { serviceRefused } from "./errors.ts";
import type { ServicePlace } from "./place.ts";
import type { Answer, RunProgram } from "./runProgram.ts";
import { systemdUnit } from "./unit.ts";
import type { Change, Lingering, WorkerService } from "./workerService.ts";

/** The worker as a unit of the user's own systemd manager. */
export function systemdService(place: ServicePlace, run: RunProgram): WorkerService {
  const { name, file } = place;
  const ask = (...args: readonly string[]) => run("systemctl", "--user", ...args);
  const must = async (...args: readonly string[]): Promise<Answer> => {
    const answer = await ask(...args);
    if (answer.exit !== 0) throw serviceRefused(["systemctl", "--user", ...args].join(" "), answer);
    return answer;
  };
  const absence = async () => {
    const { exit, complaint } = await ask("show", "--property=Version");
    return exit === 0 ? undefined : `No systemd user manager answers here (${complaint.replace(/\.$/, "")}).`;
  };
  const lingers = async (): Promise<Lingering> => {
    const user = (await run("id", "-un")).stdout.trim();
    const { exit, stdout } = await run("loginctl", "show-user", user, "--property=Linger", "--value");
    return exit === 0 && stdout.trim() === "yes"
      ? { on: true }
      : { on: false, command: `sudo loginctl enable-linger ${user}` };
  };
  const forget = () => {
    rmSync(file, { force: true });
    // What `enable` made, where no manager undoes it.
    rmSync(join(dirname(file), "default.target.wants", name), { force: true });
  };
  return {
    place,
    log: `journalctl --user --unit ${name}`,
    describe: systemdUnit,
    absence,
    steps: (change) => [
      ...stepsOf(change, name).map((step) => `systemctl --user ${step.join(" ")}`),
      ENABLE_LINGER.join(" "),
    ],
    start: async (change) => {
      for (const step of stepsOf(change, name)) await must(...step);
    },
    linger: async () => {
      const before = await lingers();
      if (before.on) return before;
      const [program, ...args] = ENABLE_LINGER;
      return (await run(program, ...args)).exit === 0 ? { on: true } : before;
    },
    lingers,
    state: async () => {
      const { stdout } = await must("show", name, "--property=ActiveState,UnitFileState,MainPID");
      const seen = new Map(stdout.split("\n").map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]));
      const pid = Number(seen.get("MainPID") ?? 0);
      const running = seen.get("ActiveState") === "active" && pid > 0;
      return { enabled: seen.get("UnitFileState") === "enabled", running, pid: running ? pid : undefined };
    },
    stop: async () => {
      await must("stop", name);
    },
    remove: async () => {
      const managed = (await absence()) === undefined;
      if (managed) await must("disable", "--now", name);
      forget();
      if (managed) await must("daemon-reload");
    },
    forget,
  };
}

/** A unit that runs goes on with its old description until it is restarted. */
function stepsOf(change: Change, name: string): readonly (readonly string[])[] {
  const reload = ["daemon-reload"];
  if (change === "changed") return [reload, ["enable", name], ["restart", name]];
  return [reload, ["enable", "--now", name]];
}

/** Without a name it is the caller's own, which most systems permit; nobody is asked for a password. */
const ENABLE_LINGER = ["loginctl", "--no-ask-password", "enable-linger"] as const;
