/**
 * How the Trigger.dev CLI executes a bundle; as private as what private-api.ts names. It is built into the machine, which
 * starts in a seventh of the time for it.
 */
import { TaskRunProcess } from "../../../node_modules/trigger.dev/dist/esm/executions/taskRunProcess.js";

export { TaskRunProcess };
export type ExecutionResult = Awaited<ReturnType<TaskRunProcess["execute"]>>;
