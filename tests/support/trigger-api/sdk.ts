import { TriggerClient } from "@trigger.dev/sdk";
import { startTriggerApi, type TriggerApi, type TriggerApiOptions } from "./trigger-api.ts";

/** The SDK at a stand-in. Its attempts lie 20 ms apart instead of a second and more; nothing else is changed. */
export function clientOf(api: TriggerApi, given: { key?: string; maxAttempts?: number } = {}): TriggerClient {
  const retry = { maxAttempts: given.maxAttempts ?? 2, minTimeoutInMs: 20, maxTimeoutInMs: 20 };
  return new TriggerClient({
    accessToken: given.key ?? api.secretKey,
    baseURL: api.url,
    requestOptions: { retry },
  });
}

type TriggerOptions = Parameters<TriggerClient["tasks"]["trigger"]>[2];

/** A stand-in, the SDK at it, and a trigger of the task that it knows. */
export async function setUp(options: TriggerApiOptions = {}) {
  const api = await startTriggerApi(options);
  const client = clientOf(api);
  const arm = (given: TriggerOptions = {}, task = "publish-post") => client.tasks.trigger(task, { postId: "1" }, given);
  return { api, client, arm, [Symbol.asyncDispose]: () => api.stop() };
}

/** What a call rejects with, as far as a caller reads it; null when it does not. */
export async function failureOf(call: PromiseLike<unknown>) {
  try {
    await call;
    return null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const status = "status" in error ? error.status : undefined;
    return { kind: error.constructor.name, status, message: error.message };
  }
}
