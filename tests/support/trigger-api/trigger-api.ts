import { answerCommand, isCommand } from "./commands.ts";
import { type Controls, type Furnishing, furnish } from "./controls.ts";
import { type Deployment, environmentOf } from "./environment.ts";
import { pass } from "./front-door.ts";
import { recordOf } from "./requests.ts";
import { openDoor } from "./transport.ts";

export interface TriggerApiOptions extends Furnishing {
  /** On 127.0.0.1. @default 0, any free port */
  readonly port?: number | undefined;
  /** One environment each, by the beginning of the key. @default one of production, `tr_prod_standin` */
  readonly secretKeys?: readonly string[] | undefined;
  /** @default "proj_standin" */
  readonly projectRef?: string | undefined;
  /** What every environment knows from the start; null for none. @default the task and the queue `publish-post` */
  readonly deployment?: Deployment | null | undefined;
}

/** A stand-in for Trigger.dev's API. */
export interface TriggerApi extends Controls, AsyncDisposable {
  /** For `TRIGGER_API_URL`, and for `baseURL` of the SDK. */
  readonly url: string;
  /** Of the first environment. */
  readonly secretKey: string;
  /** Connections are refused from now on; the runs stay, and the clock goes on. */
  unplug(): Promise<void>;
  /** After unplug: answers again, at the same URL. */
  plugIn(): Promise<void>;
  stop(): Promise<void>;
}

const PUBLISHING: Deployment = { tasks: ["publish-post"], queues: ["publish-post"] };
const SECRET_KEY = "tr_prod_standin";

/** Starts a Trigger.dev on 127.0.0.1 with no runs. It answers as the real one was recorded. */
export async function startTriggerApi(options: TriggerApiOptions = {}): Promise<TriggerApi> {
  const projectRef = options.projectRef ?? "proj_standin";
  const environments = (options.secretKeys ?? [SECRET_KEY]).map((key) => environmentOf(key, projectRef));
  const { house, controls, note } = furnish(environments, options);
  const deployment = options.deployment === undefined ? PUBLISHING : options.deployment;
  if (deployment !== null) controls.deploy(deployment);

  const door = await openDoor(
    options.port ?? 0,
    async (request) => {
      if (isCommand(request)) return answerCommand(controls, request);
      const passage = await pass(house, request);
      note(recordOf(request, passage));
      return passage.outcome;
    },
    controls.now,
  );
  const stop = async (): Promise<void> => {
    await door.close();
    house.faults.clear();
  };
  return {
    ...controls,
    url: door.url,
    secretKey: environments[0]?.secretKey ?? SECRET_KEY,
    unplug: door.close,
    plugIn: door.open,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
