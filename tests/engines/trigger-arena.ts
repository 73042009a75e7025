import { openStage, until } from "../../bench/support/stage.ts";
import { reconcile } from "../../src/publishing/reconcile.ts";
import { deployWorker } from "../support/bundle/deployed-worker.ts";
import { startTriggerApi } from "../support/trigger-api/trigger-api.ts";
import { type Arena, endWait, passAfterDeath } from "./arena.ts";

/**
 * Trigger.dev: psn's bundle in the platform's own worker process, rung by the stand-in of its API. A process is kept for
 * the next run, so that what one run leaves in it meets another; in tests/trigger each run has its own. One
 * that dies is not replaced there; the watchdog finds what it left, in the test at once instead of within minutes,
 * and in this process: tests/trigger runs it in the platform's.
 */
export async function triggerArena(): Promise<Arena> {
  const api = await startTriggerApi();
  const stage = await openStage({
    PSN_ENGINE: "trigger",
    TRIGGER_API_URL: api.url,
    TRIGGER_PROJECT_REF: "proj_standin",
    TRIGGER_SECRET_KEY: api.secretKey,
  });
  const worker = await deployWorker(stage.person, api, { keepProcesses: true });
  worker.serve();
  return {
    stage,
    async kill() {
      const runs = [...worker.machine.pids];
      for (const [, pid] of runs) process.kill(pid, "SIGKILL");
      await until("the platform sees it", () => runs.every(([run]) => !worker.machine.pids.has(run)));
    },
    async recover() {
      await passAfterDeath(stage);
      await reconcile(stage.parts);
    },
    async passTime(post) {
      await endWait(stage, post);
      const next = api.worker.nextDueAt();
      if (next !== null) api.advance(Math.max(0, next.getTime() - api.now().getTime()));
    },
    async ringAgain(alarm) {
      const end = await worker.attempt("publish-post", alarm);
      if (end.kind !== "completed") throw new Error(`the run ended otherwise: ${JSON.stringify(end)}`);
    },
    async leave() {
      await worker.stop();
      await stage.leave();
      await api.stop();
    },
  };
}
