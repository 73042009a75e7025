import { openStage, type Stage } from "../../bench/support/stage.ts";
import { type DeployedWorker, type DeployedWorkerOptions, deployWorker } from "../support/bundle/deployed-worker.ts";
import { startTriggerApi, type TriggerApi } from "../support/trigger-api/trigger-api.ts";

/** A signed-in person whose engine is a stand-in of Trigger.dev, and whose worker is deployed there. */
export interface DeployedStage extends Stage {
  readonly api: TriggerApi;
  readonly worker: DeployedWorker;
}

export async function openDeployedStage(options: DeployedWorkerOptions = {}): Promise<DeployedStage> {
  const api = await startTriggerApi();
  const stage = await openStage({
    PSN_ENGINE: "trigger",
    TRIGGER_API_URL: api.url,
    TRIGGER_SECRET_KEY: api.secretKey,
  });
  const worker = await deployWorker(stage.person, api, options);
  return {
    ...stage,
    api,
    worker,
    async leave() {
      await worker.stop();
      await stage.leave();
      await api.stop();
    },
  };
}
