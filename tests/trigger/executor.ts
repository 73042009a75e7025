import { lifecycleHooks, resourceCatalog } from "@trigger.dev/core/v3";
import { runInMockTaskContext } from "@trigger.dev/core/v3/test";
import { TriggerTracer } from "@trigger.dev/core/v3/tracer";
import {
  ConsoleInterceptor,
  StandardLifecycleHooksManager,
  StandardResourceCatalog,
  TaskExecutor,
  TracingSDK,
} from "@trigger.dev/core/v3/workers";

/** What the worker process answers to one attempt. */
type Result = Awaited<ReturnType<TaskExecutor["execute"]>>["result"];

const hooks = new StandardLifecycleHooksManager();
lifecycleHooks.setGlobalLifecycleHooksManager(hooks);
resourceCatalog.setGlobalResourceCatalog(new StandardResourceCatalog());
// Outside a file, a task does not register.
resourceCatalog.setCurrentFileContext("src/trigger", "src/trigger");
for (const name of ["publishPost", "watchdog", "tokenRefresher", "psnHealth"]) {
  await import(`../../src/trigger/${name}.ts`);
}

/** Nobody listens there, and nothing is flushed. */
const tracingSDK = new TracingSDK({ url: "http://127.0.0.1:9", diagLogLevel: "none", forceFlushTimeoutMillis: 10 });
const options = {
  tracer: new TriggerTracer({ tracer: tracingSDK.getTracer("psn"), logger: tracingSDK.getLogger("psn") }),
  tracingSDK,
  consoleInterceptor: new ConsoleInterceptor(tracingSDK.getLogger("psn"), false, false),
  retries: { enabledInDev: true },
  isWarmStart: false,
};

/**
 * Executes a task of psn's in this process as the worker process would: with its retries and hooks, and with this
 * environment in place of this process's.
 */
export async function executeHere(
  taskId: string,
  payload: unknown,
  { env, attempt = 1 }: { env: Readonly<Record<string, string>>; attempt?: number },
): Promise<Result> {
  const task = resourceCatalog.getTask(taskId);
  if (task === undefined) throw new Error(`there is no task ${taskId}`);
  const overrides = {
    task: { id: taskId },
    attempt: { number: attempt },
    environment: { type: "PRODUCTION" as const },
  };
  return await inEnvironment(env, () =>
    runInMockTaskContext(
      async ({ ctx }) => {
        // The context came with a manager of its own, which knows none of the tasks' hooks.
        lifecycleHooks.disable();
        lifecycleHooks.setGlobalLifecycleHooksManager(hooks);
        const execution = {
          ...ctx,
          run: { ...ctx.run, payload: JSON.stringify(payload), payloadType: "application/json" },
        };
        const { result } = await new TaskExecutor(task, options).execute(execution, ctx, new AbortController().signal);
        return result;
      },
      { ctx: overrides },
    ),
  );
}

async function inEnvironment<T>(env: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  const become = (wanted: Readonly<Record<string, string | undefined>>) => {
    for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name];
    Object.assign(process.env, wanted);
  };
  become(env);
  try {
    return await work();
  } finally {
    become(before);
  }
}
