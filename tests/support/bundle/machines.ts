import { builtBundle } from "./bundle.ts";
import { type AttemptEnd, type AttemptToMake, type Order, type Report, report } from "./messages.ts";

/** A machine that executes attempts in the bundle's own worker process. */
export interface Machine {
  /** The processes of the attempts that run now, by run: for whoever kills one. */
  readonly pids: ReadonlyMap<string, number>;
  /** Everything that the worker processes printed, and sent to the platform as traces and logs. */
  printed(): string;
  /** `signal` cancels the run, as the platform does. */
  execute(attempt: AttemptToMake, signal?: AbortSignal): Promise<AttemptEnd>;
  /** Ends it, and whatever it still executes. */
  stop(): Promise<void>;
}

interface Execution {
  readonly runId: string;
  readonly ended: (end: AttemptEnd) => void;
}

/**
 * Builds the bundle if need be (about ten seconds, once for all tests), and starts a machine. Each attempt gets a process
 * of its own, unless processes are kept.
 */
export async function startMachine({ keepProcesses = false } = {}): Promise<Machine> {
  const { node, machine, folder } = await builtBundle();
  const pids = new Map<string, number>();
  const executions = new Map<number, Execution>();
  const ready = Promise.withResolvers<void>();
  const printed: string[] = [];
  let count = 0;

  const child = Bun.spawn([node, machine, folder, ...(keepProcesses ? ["keep"] : [])], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: "/" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    serialization: "json",
    ipc: (message) => hear(report.parse(message)),
    onExit: () => {
      ready.reject(new Error(`the machine does not start:\n${printed.join("")}`));
      for (const { ended } of executions.values()) ended({ kind: "died", code: "MACHINE_STOPPED", message: "" });
    },
  });
  const listening = Promise.all([child.stdout, child.stderr].map((stream) => collect(stream, printed)));

  function hear(said: Report): void {
    if (said.kind === "ready") ready.resolve();
    const execution = said.kind === "ready" ? undefined : executions.get(said.number);
    if (said.kind === "ready" || execution === undefined) return;
    if (said.kind === "started") pids.set(execution.runId, said.pid);
    else {
      pids.delete(execution.runId);
      executions.delete(said.number);
      execution.ended(said.end);
    }
  }
  const tell = (said: Order) => child.send(said);

  await ready.promise;
  return {
    pids,
    printed: () => printed.join(""),
    execute(attempt, signal) {
      count += 1;
      const number = count;
      const end = new Promise<AttemptEnd>((ended) => executions.set(number, { runId: attempt.runId, ended }));
      tell({ kind: "execute", number, attempt });
      const cancel = () => tell({ kind: "cancel", number });
      signal?.addEventListener("abort", cancel, { once: true });
      return end.finally(() => signal?.removeEventListener("abort", cancel));
    },
    async stop() {
      // It kills what it executes when nobody is there to listen.
      child.disconnect();
      await child.exited;
      await listening;
    },
  };
}

async function collect(stream: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
  const decoder = new TextDecoder();
  for await (const bytes of stream) into.push(decoder.decode(bytes, { stream: true }));
}
