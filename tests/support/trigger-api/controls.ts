import { type FaultInput, faultSchema } from "../../../src/sandbox/world/fault-script.ts";
import { FaultBook, type FaultView } from "../../../src/sandbox/world/faults.ts";
import type { Deployment, Environment, Variable } from "./environment.ts";
import type { House } from "./front-door.ts";
import { RateLimit, type RateLimitOptions } from "./rate-limit.ts";
import type { RecordedRequest } from "./requests.ts";
import type { Run } from "./run.ts";
import { RunBook } from "./run-book.ts";
import { RunList } from "./run-list.ts";
import { type OnRing, Worker } from "./worker.ts";

export interface Furnishing {
  /** What a worker does with a run that rings. */
  readonly onRing?: OnRing | undefined;
  readonly rateLimit?: Partial<RateLimitOptions> | undefined;
  /** @default the real clock */
  readonly now?: (() => Date) | undefined;
}

/** What a test may do behind the API's back. */
export interface Controls {
  /** What arrived, in the order in which it was answered. */
  readonly requests: readonly RecordedRequest[];
  /** What executes runs, and breaks while it does. */
  readonly worker: Worker;
  now(): Date;
  /** Moves the clock. What becomes due waits for a worker; nothing rings by itself. */
  advance(ms: number): void;
  /** Moves the clock with a worker at hand: every run rings at its time. Only for a clock that nobody else moves. */
  live(ms: number): Promise<void>;
  /** All runs, the oldest first. */
  runs(): readonly Run[];
  /** Throws when there is none. */
  run(id: string): Run;
  /** A new deployment, of one environment or of all. */
  deploy(deployment: Deployment, slug?: Environment["slug"]): void;
  /** The variables of an environment with their values, by name. */
  variables(slug?: Environment["slug"]): ReadonlyMap<string, Variable>;
  /** Scripts what happens to requests, in the language of the X sandbox. Returns the fault's number. */
  addFault(fault: FaultInput): number;
  faults(): readonly FaultView[];
  /** Removes every fault and lets go of what they hold. */
  clearFaults(): void;
  /** Lets held requests go on: those of one fault, or all. Returns how many there were. */
  release(fault?: number): number;
}

/** Makes the parts and what controls them; `note` keeps a request. */
export function furnish(
  environments: readonly Environment[],
  options: Furnishing,
): { house: House; controls: Controls; note: (request: RecordedRequest) => void } {
  let ahead = 0;
  const clock = options.now ?? (() => new Date());
  const now = (): Date => new Date(clock().getTime() + ahead);
  const advance = (ms: number): void => {
    ahead += ms;
  };
  const list = new RunList();
  const book: RunBook = new RunBook(now, (run, at) => {
    list.copy(run, at);
    if (run.status === "CANCELED") worker.abort(run.id);
  });
  const worker = new Worker(book, options.onRing ?? null);
  const faults = new FaultBook();
  const requests: RecordedRequest[] = [];
  const controls: Controls = {
    requests,
    worker,
    now,
    advance,
    async live(ms) {
      const end = now().getTime() + ms;
      for (;;) {
        await worker.ringDue();
        const left = end - now().getTime();
        if (left <= 0) return;
        const next = worker.nextDueAt()?.getTime() ?? end;
        advance(Math.max(1, Math.min(next - now().getTime(), left)));
      }
    },
    runs: () => book.all(),
    run(id) {
      const run = book.find(id);
      if (run === null) throw new Error(`There is no run ${id}.`);
      return run;
    },
    deploy(deployment, slug) {
      for (const env of environments) if (slug === undefined || env.slug === slug) book.deploy(env, deployment);
    },
    variables(slug) {
      const env = slug === undefined ? environments[0] : environments.find((each) => each.slug === slug);
      if (env === undefined) throw new Error(`There is no environment ${slug}.`);
      return env.variables;
    },
    addFault: (fault) => faults.add(faultSchema.parse(fault)),
    faults: () => faults.view(),
    clearFaults: () => faults.clear(),
    release: (fault) => faults.release(fault),
  };
  const house = { environments, book, list, faults, rateLimit: new RateLimit(options.rateLimit ?? {}) };
  return { house, controls, note: (request) => void requests.push(request) };
}
