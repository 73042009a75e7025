import type { XAnswer } from "../../../src/platforms/x/answer.ts";
import type { XClient } from "../../../src/platforms/x/client.ts";
import type { XCallName, XFailure } from "../../../src/platforms/x/errors/failure.ts";
import type { XCall } from "../../../src/platforms/x/types.ts";
import { CALL, TWEET_ID } from "./support.ts";

const PIXEL = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]);

/** Every call of the client with arguments that it accepts. */
export const EVERY_CALL: Record<XCallName, (client: XClient, call?: XCall) => Promise<XAnswer<unknown>>> = {
  me: (x, call = CALL) => x.me(call),
  createTweet: (x, call = CALL) => x.createTweet(call, { text: "hello" }),
  getTweet: (x, call = CALL) => x.getTweet(call, TWEET_ID),
  ownTimeline: (x, call = CALL) => x.ownTimeline(call, { userId: "42" }),
  deleteTweet: (x, call = CALL) => x.deleteTweet(call, TWEET_ID),
  uploadImage: (x, call = CALL) => x.uploadImage(call, { bytes: PIXEL, mime: "image/png", name: "a.png" }),
  setAltText: (x, call = CALL) => x.setAltText(call, "77", "a cat"),
};

export const CALL_NAMES = Object.keys(EVERY_CALL).filter((name): name is XCallName => name in EVERY_CALL);

export function failureOf(answer: XAnswer<unknown>): XFailure {
  if (answer.ok) throw new Error(`the call succeeded: ${JSON.stringify(answer.value)}`);
  return answer.failure;
}

export function gotValue<T>(answer: XAnswer<T>): T {
  if (!answer.ok) throw new Error(`the call failed: ${JSON.stringify(answer.failure)}`);
  return answer.value;
}
