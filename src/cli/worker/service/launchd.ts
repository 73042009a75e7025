import { rmSync } from "node:fs";
import { join } from "node:path";
import { ownUser } from "../../../embedded/place.ts";
import { serviceRefused } from "./errors.ts";
import type { ServicePlace } from "./place.ts";
import { launchdAgent } from "./plist.ts";
import type { Answer, RunProgram } from "./runProgram.ts";
import type { ServiceState, WorkerService } from "./workerService.ts";

/** How long launchd may take to let go of an agent, in ms: the worker finishes the tweet that it sends. */
const GONE_MS = 100_000;
const LOOK_MS = 200;

/** The worker as a launchd agent of the user's own log-in session. */
export function launchdService(place: ServicePlace, stateDir: string, run: RunProgram): WorkerService {
  const { name, file } = place;
  const domain = `gui/${ownUser()}`;
  const target = `${domain}/${name}`;
  const ask = (...args: readonly string[]) => run("launchctl", ...args);
  const must = async (...args: readonly string[]): Promise<Answer> => {
    const answer = await ask(...args);
    if (answer.exit !== 0) throw serviceRefused(["launchctl", ...args].join(" "), answer);
    return answer;
  };
  const state = async (): Promise<ServiceState> => {
    const { exit, stdout } = await ask("print", target);
    const pid = Number(/^\s*pid = (\d+)$/m.exec(stdout)?.[1] ?? 0);
    const running = exit === 0 && pid > 0;
    return { enabled: exit === 0, running, pid: running ? pid : undefined };
  };
  const isLoaded = async () => (await ask("print", target)).exit === 0;
  /** `bootout` returns before the agent is gone, and loading it meanwhile fails (5: Input/output error). */
  const unload = async () => {
    if (!(await isLoaded())) return;
    const answer = await ask("bootout", target);
    for (const until = performance.now() + GONE_MS; await isLoaded(); await Bun.sleep(LOOK_MS)) {
      if (performance.now() > until) throw serviceRefused(`launchctl bootout ${target}`, answer);
    }
  };
  const forget = () => rmSync(file, { force: true });
  return {
    place,
    log: join(stateDir, "worker.log"),
    describe: (program) => launchdAgent(place, program),
    absence: async () => {
      const { exit, complaint } = await ask("print", domain);
      return exit === 0 ? undefined : `No log-in session of launchd answers here (${complaint.replace(/\.$/, "")}).`;
    },
    steps: (change) => [
      ...(change === "changed" ? [`launchctl bootout ${target}`] : []),
      `launchctl enable ${target}`,
      change === "same" ? `launchctl kickstart ${target}` : `launchctl bootstrap ${domain} ${file}`,
    ],
    start: async (change) => {
      if (change !== "same") await unload();
      await must("enable", target);
      // The agent may have been unloaded since, or may have ended: it is started in either case.
      if (!(await isLoaded())) await must("bootstrap", domain, file);
      else if (!(await state()).running) await must("kickstart", target);
    },
    linger: async () => ({ on: false }),
    lingers: async () => ({ on: false }),
    state,
    stop: unload,
    remove: async () => {
      await unload();
      forget();
    },
    forget,
  };
}
