import type { ServicePlace } from "./place.ts";
import type { ServiceProgram } from "./program.ts";

/** How the description in the service's file differs from what was there. */
export type Change = "added" | "changed" | "same";

export interface ServiceState {
  /** Whether the manager starts it by itself at the next log-in. */
  readonly enabled: boolean;
  readonly running: boolean;
  /** Of the worker, while it runs. */
  readonly pid: number | undefined;
}

/** Whether the service runs while its user is not logged in; `command` is what the person must run for that. */
export interface Lingering {
  readonly on: boolean;
  readonly command?: string;
}

/** The worker as a service of one of this machine's service managers. All throw PsnError `service_unavailable`. */
export interface WorkerService {
  readonly place: ServicePlace;
  /** Where the worker's messages are found: a file or a command. */
  readonly log: string;
  describe(program: ServiceProgram): string;
  /** Why nothing can be installed here, as a sentence; undefined when it can. Changes nothing. */
  absence(): Promise<string | undefined>;
  /** The commands that `start` runs, for people. */
  steps(change: Change): readonly string[];
  /** Makes the manager read the file, start the worker now, and at every log-in. */
  start(change: Change): Promise<void>;
  /** Lets it run without a log-in, where this user may. */
  linger(): Promise<Lingering>;
  lingers(): Promise<Lingering>;
  state(): Promise<ServiceState>;
  /** Until the next log-in, or `start`. Returns when the worker has ended. */
  stop(): Promise<void>;
  /** Stops it and takes its files away. */
  remove(): Promise<void>;
  /** Takes the files away and asks nobody. */
  forget(): void;
}
