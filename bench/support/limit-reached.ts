import type { FaultAction } from "../../src/sandbox/world/fault-script.ts";

/** X's answer when a limit is spent that resets so soon; psn waits a minute all the same. */
export function limitReached(resetsInSeconds: number): FaultAction {
  return {
    kind: "answer",
    status: 429,
    body: { title: "Too Many Requests", detail: "Too Many Requests", type: "about:blank", status: 429 },
    headers: {
      "x-rate-limit-limit": "100",
      "x-rate-limit-remaining": "0",
      "x-rate-limit-reset": `${Math.ceil(Date.now() / 1000) + resetsInSeconds}`,
    },
  };
}
