/**
 * Run by Node with the folder of a bundle: plays the machine of the platform that executes runs, in the real worker
 * process of the bundle. Each attempt gets a process of its own; with "keep" behind the folder one that has executed
 * another is taken, as the platform does with `processKeepAlive`. Orders come and reports go by IPC.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { type AttemptEnd, type AttemptToMake, order, type Report } from "./messages.ts";
import type { WorkerManifest } from "./private-api.ts";
import { type ExecutionResult, TaskRunProcess } from "./private-executions.ts";

const [folder = "", keep] = process.argv.slice(2);
const manifest: WorkerManifest = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
const { contentHash }: { contentHash: string } = JSON.parse(readFileSync(join(folder, "build.json"), "utf8"));
const RESOURCES = { name: "small-1x", cpu: 0.5, memory: 0.5, centsPerMs: 0 } as const;

const telemetry = await listenForTelemetry();
const running = new Map<number, TaskRunProcess>();
/** Kept for the next attempt. */
const idle: TaskRunProcess[] = [];
process.on("message", (message) => {
  const said = order.parse(message);
  if (said.kind === "cancel") void running.get(said.number)?.cancel();
  else void execute(said.number, said.attempt);
});
// Whoever gave the orders is gone.
process.on("disconnect", () => {
  for (const each of [...running.values(), ...idle]) if (each.pid !== undefined) process.kill(each.pid, "SIGKILL");
  process.exit(0);
});
tell({ kind: "ready" });

async function execute(number: number, attempt: AttemptToMake): Promise<void> {
  const kept = idle.pop();
  const child = kept ?? startProcess(attempt.env);
  running.set(number, child);
  if (child.pid !== undefined) tell({ kind: "started", number, pid: child.pid });
  let end: AttemptEnd;
  try {
    const order = { messageId: attempt.runId, payload: payloadOf(attempt), env: attempt.env };
    end = endOf(await child.execute(order, kept !== undefined));
    const stays = keep === "keep" && child.isHealthy;
    await child.cleanup(!stays);
    if (stays) idle.push(child);
  } catch (error) {
    const { code, message = "" } = TaskRunProcess.parseExecuteError(error);
    end = { kind: "died", code, message };
    // Asked to send what it has to say, a dead process is waited for in vain.
    await child.kill("SIGKILL");
  }
  running.delete(number);
  tell({ kind: "ended", number, end });
}

function startProcess(env: Readonly<Record<string, string>>): TaskRunProcess {
  return new TaskRunProcess({
    workerManifest: manifest,
    cwd: folder,
    env: {
      TRIGGER_OTEL_EXPORTER_OTLP_ENDPOINT: telemetry,
      USAGE_EVENT_URL: telemetry,
      TRIGGER_JWT: "none",
      ...env,
    },
    serverWorker: { id: "worker", version: "1", contentHash, engine: "V2" },
    machineResources: RESOURCES,
  }).initialize();
}

function payloadOf({ runId, taskId, payload, attempt, maxAttempts }: AttemptToMake) {
  const task = manifest.tasks.find(({ id }) => id === taskId);
  const now = new Date();
  return {
    traceContext: { traceparent: `00-${randomUUID().replaceAll("-", "")}-00f067aa0ba902b7-01` },
    environment: {},
    execution: {
      task: { id: taskId, filePath: task?.filePath ?? "", exportName: task?.exportName },
      attempt: { number: attempt, startedAt: now },
      run: {
        id: runId,
        payload,
        payloadType: "application/json",
        tags: [],
        isTest: false,
        isReplay: false,
        createdAt: now,
        startedAt: now,
        durationMs: 0,
        costInCents: 0,
        baseCostInCents: 0,
        version: "1",
        maxAttempts: maxAttempts ?? task?.retry?.maxAttempts,
        maxDuration: task?.maxDuration,
        priority: 0,
      },
      queue: { id: "queue", name: task?.queue?.name ?? taskId },
      environment: { id: "environment", type: "PRODUCTION" as const, slug: "prod" },
      organization: { id: "organization", slug: "organization", name: "organization" },
      project: { id: "project", ref: "proj_standin", slug: "project", name: "project" },
      machine: RESOURCES,
    },
  };
}

function endOf(result: ExecutionResult): AttemptEnd {
  if (result.ok) return { kind: "completed", output: outputOf(result) };
  const { error, retry, skippedRetrying } = result;
  const rest = { retryAt: retry?.timestamp ?? null, aborted: skippedRetrying === true };
  switch (error.type) {
    case "INTERNAL_ERROR":
      return { kind: "died", code: error.code, message: error.message ?? "" };
    case "BUILT_IN_ERROR":
      return { kind: "failed", name: error.name, message: error.message, stack: error.stackTrace, ...rest };
    default:
      return { kind: "failed", name: error.type, message: error.raw, stack: "", ...rest };
  }
}

function outputOf({ output, outputType }: Extract<ExecutionResult, { ok: true }>): unknown {
  if (output === undefined) return undefined;
  const value: unknown = JSON.parse(output);
  const isWrapped = outputType === "application/super+json" && typeof value === "object" && value !== null;
  return isWrapped && "json" in value ? value.json : value;
}

/** Where the worker reports its traces and logs to: they are printed beside what it prints itself. */
function listenForTelemetry(): Promise<string> {
  const server = createServer((request, response) => {
    request.on("end", () => response.setHeader("content-type", "application/json").end("{}"));
    request.pipe(process.stdout, { end: false });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "");
    });
  });
}

function tell(report: Report): void {
  process.send?.(report);
}
